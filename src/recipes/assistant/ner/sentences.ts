/** What an assistant is asked; `{type}` stands for an entity. Words stand apart by spaces, as in tagged corpora. Made up for this project. */
export const SENTENCES: readonly string[] = [
  "transfer {amount} to {person} on {date} .",
  "please book a table in {city} for {date}",
  "how much did I spend at {company} since {date} ?",
  "remind me to call {person} {date} , will you ?",
  "is there a branch of {company} in {city} ?",
  "{person} moved from {city} to {city} .",
  "I owe {person} and {person} {amount} each",
  "what did {company} charge me in {city} : {amount} ?",
  "set aside {amount} for the trip to {city} {date} !",
  "show me every payment to {company}",
  "my salary from {company} was {amount} last month",
  "cancel the standing order to {person} .",
  "thanks , that is all for now .",
  "what is my balance ?",
  "can you say that again , please ?",
  "the weather in {city} was lovely {date}",
  "who is {person} ?",
  "{company} opens in {city} {date} .",
];

export const NAMES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  person: [
    ["Ada", "Grace", "Ines", "Tomas", "Noor", "Kofi", "Mei", "Lars", "Priya", "Omar", "Elif", "Jonas"],
    [
      "",
      "Okafor",
      "Lindqvist",
      "Moreau",
      "Tanaka",
      "Haddad",
      "Novak",
      "Silva",
      "O'Brien",
      "van Dijk",
      "Kaya",
      "Mensah",
    ],
  ],
  city: [
    ["", "", "", "New", "Port", "San", "Upper"],
    ["Lisbon", "Bergen", "Kampala", "Osaka", "Quito", "Turin", "Gdansk", "Hobart", "Cusco", "Malmo", "Izmir", "Accra"],
  ],
  company: [
    ["Blue", "North", "Green", "Silver", "Tiny", "Old Town", "Rapid"],
    ["Harbor", "Oak", "Rail", "Garden", "Bread", "Cycle", "Lantern", "Mill"],
    ["", "", "Ltd.", "Inc.", "& Sons", "Bank"],
  ],
  date: [["tomorrow", "next Monday", "on 3 May", "this weekend", "in June", "on 2027-01-15", "at noon", "tonight"]],
  amount: [
    ["20", "1,250", "99.90", "5", "300", "12", "7.50"],
    ["euros", "dollars", "pounds", "EUR", "kroner"],
  ],
};
