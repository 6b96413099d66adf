/** What an assistant of money is asked, by intent: beginnings and endings that go together. Made up for this project. */
export const INTENTS: Readonly<
  Record<string, { readonly first: readonly string[]; readonly last: readonly string[] }>
> = {
  balance: {
    first: [
      "what is my balance",
      "how much do I have",
      "show the money left",
      "check what remains",
      "tell me the total",
    ],
    last: ["on my current account", "in savings", "after the rent", "today", "right now", "before payday"],
  },
  transfer: {
    first: ["send 50 euros", "move some money", "transfer 200", "pay back", "wire the deposit"],
    last: [
      "to my sister",
      "to the landlord",
      "to the joint account",
      "to Jonas for dinner",
      "from savings",
      "before noon",
    ],
  },
  block_card: {
    first: ["block my card", "I lost my card", "freeze the credit card", "my card was stolen", "stop my debit card"],
    last: ["please", "at the station", "as fast as you can", "until I find it", "right away", "somebody may use it"],
  },
  spending: {
    first: ["how much did I spend", "what went out", "list my expenses", "sum up my costs", "where did my money go"],
    last: ["on groceries", "last month", "in restaurants", "for the car", "since January", "during the holidays"],
  },
  loan: {
    first: [
      "can I get a loan",
      "what would credit cost me",
      "I want to borrow",
      "offer me financing",
      "raise a mortgage",
    ],
    last: [
      "for a new bike",
      "over five years",
      "for the kitchen",
      "with a low rate",
      "to buy a flat",
      "for my studies",
    ],
  },
  budget: {
    first: ["set a budget", "limit my costs", "warn me above 300", "plan my month", "put a cap"],
    last: ["for eating out", "on clothes", "for the next month", "per week", "for subscriptions", "until summer"],
  },
  exchange: {
    first: [
      "what is the exchange rate",
      "convert 100 dollars",
      "how many kroner are that",
      "change my euros",
      "what is a pound worth",
    ],
    last: ["into yen", "to francs", "abroad", "for my trip", "this morning", "at your counter"],
  },
  advisor: {
    first: ["let me talk to a person", "I need an advisor", "connect me with somebody", "call me back", "get a human"],
    last: [
      "about my pension",
      "this afternoon",
      "who speaks French",
      "as soon as possible",
      "at the branch",
      "on the phone",
    ],
  },
};

/** What people say that has nothing to do with it. */
export const OUTSIDE = {
  first: [
    "tell me a joke",
    "who won the match",
    "how tall is that mountain",
    "play some jazz",
    "recommend a film",
    "how do I bake bread",
  ],
  last: [
    "for the children",
    "last night",
    "in Peru",
    "with Bill Evans in it",
    "without yeast",
    "that is not too long",
    "again",
  ],
} as const;

export const POLITE = ["", "", "hi, ", "please ", "hello there, ", "could you help: ", "hey ", "ok so "] as const;
