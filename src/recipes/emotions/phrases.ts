import type { Emotion } from "./labels.ts";

/** What somebody might say; the generator joins these. Made up for this project. */
export const PHRASES: Readonly<Record<Emotion, readonly string[]>> = {
  admiration: [
    "what a brilliant piece of work",
    "she handled that like a true professional 👏",
    "you are incredibly talented",
  ],
  amusement: ["haha that got me 😂", "I can't stop laughing", "lol the ending is hilarious"],
  anger: ["this makes me FURIOUS", "how dare they do that", "I am so mad right now 😡"],
  annoyance: ["ugh, not this again", "it keeps nagging me all day", "so irritating, every single time"],
  approval: ["yes, that is the right call", "I agree with every word", "sounds like a good plan to me"],
  caring: ["take care of yourself, please", "I hope you feel better soon", "let me know if you need anything"],
  confusion: ["I don't understand what happened", "wait, what does that even mean?", "this makes no sense to me"],
  curiosity: ["how does that work, exactly?", "I wonder where it comes from", "what did they say next?"],
  desire: ["I wish I had one of those", "I really want to go there", "if only I could try it once"],
  disappointment: ["I expected so much more", "what a let-down in the end", "it wasn't what they promised"],
  disapproval: ["no, that is not okay", "I don't think they should do this", "that was a bad decision"],
  disgust: ["that is revolting 🤢", "gross, I feel sick", "what a nasty thing to look at"],
  embarrassment: ["I wanted to sink into the floor", "so awkward, everyone saw it", "my face went red 😳"],
  excitement: ["I can't wait for tomorrow!", "this is going to be AMAZING", "so pumped for the weekend 🎉"],
  fear: ["I'm scared of what comes next", "that was terrifying 😱", "it frightens me to be alone there"],
  gratitude: ["thank you so much for this", "I really appreciate your help 🙏", "thanks, that saved my day"],
  grief: ["we lost him last night", "I miss her every day, rest in peace", "the funeral was on Monday"],
  joy: ["I'm so happy today 😀", "what a wonderful morning", "this made my whole week"],
  love: ["I love you all ❤️", "she means the world to me", "my favourite person ever"],
  nervousness: ["my hands are shaking before the talk", "I'm anxious about the results", "so nervous I can't sleep"],
  optimism: ["it will work out, I'm sure", "things are looking up", "hopefully next year is better"],
  pride: ["I did it all by myself", "so proud of our team 💪", "we earned this the hard way"],
  realization: ["oh, now I see it", "it just occurred to me", "I never noticed that before"],
  relief: ["phew, that was close", "what a weight off my shoulders", "glad it's finally over"],
  remorse: ["I'm so sorry I said that", "I regret it every day", "it was my fault, forgive me"],
  sadness: ["I cried all evening 😢", "it breaks my heart", "feeling down and empty"],
  surprise: ["wow, I did not see that coming", "no way, really? 😮", "that came out of nowhere"],
  neutral: ["the meeting is at ten", "we took the bus home", "they moved the table to the kitchen"],
};

/** What stands before and behind, and says nothing. */
export const OPENINGS = ["", "well, ", "honestly, ", "today ", "so ", "to be fair, ", "after work, "] as const;
export const CLOSINGS = ["", ".", "!", " as always.", " I guess.", " after all.", "…"] as const;
