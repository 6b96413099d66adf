/** A place that money goes to, or comes from. */
export interface Merchant {
  readonly name: string;
  /** Other ways in which banks write it. */
  readonly alias: string;
}

/** What money is spent on, or earned by. Made up for this project; amounts in the currency's units. */
export interface Category {
  readonly name: string;
  readonly income: boolean;
  readonly merchants: readonly Merchant[];
  /** Median of an amount, and the standard deviation of its logarithm between merchants and between payments. */
  readonly median: number;
  readonly between: number;
  readonly within: number;
  /** Payments of a usual account in a month; 0 for what comes on a fixed day. */
  readonly rate: number;
  /** Fixed day of the month; absent where it comes at any time. */
  readonly day?: number;
  /** Hours of the day between which it usually happens. */
  readonly hours: readonly [number, number];
  /** How much more (over 1) or less there is in a month of its season, and the middle of that season (1 to 12). */
  readonly season?: { readonly month: number; readonly height: number };
  /** How much more on a Saturday or Sunday. Default 1. */
  readonly weekend?: number;
  /** The amount ends in .99 or .95, as prices do. */
  readonly priced?: boolean;
  /** Amounts are multiples of this. Default 0.01. */
  readonly notes?: number;
}

const shops = (...names: readonly string[]): Merchant[] =>
  names.map((pair) => {
    const [name, alias = name] = pair.split("/");
    return { name: name!, alias: alias! };
  });

/** A merchant that sells for several categories: its name alone does not tell which. */
const EVERYTHING = "Omnimart/OMNI MKTPLACE";

export const CATEGORIES: readonly Category[] = [
  {
    name: "Salary",
    income: true,
    merchants: shops(
      "Northwind Payroll/NWIND PAY",
      "Halden Works/HALDEN WRKS AG",
      "City of Arden Payroll/ARDEN CITY PAY",
      "Quill Media Salary/QUILL MEDIA",
    ),
    median: 3100,
    between: 0.35,
    within: 0.01,
    rate: 0,
    day: 28,
    hours: [2, 6],
  },
  {
    name: "Freelance",
    income: true,
    merchants: shops(
      "Invoice Brightside/BRIGHTSIDE INV",
      "Invoice Tamsin Studio/TAMSIN STU",
      "Gigbridge Payout/GIGBRDG",
    ),
    median: 420,
    between: 0.5,
    within: 0.5,
    rate: 0.5,
    hours: [9, 18],
  },
  {
    name: "Refund",
    income: true,
    merchants: shops(EVERYTHING, "Lumen Outfitters/LUMEN OUTF", "Trailhead Sports/TRAILHEAD"),
    median: 38,
    between: 0.3,
    within: 0.6,
    rate: 0.4,
    hours: [8, 20],
    priced: true,
  },
  {
    name: "Rent",
    income: false,
    merchants: shops(
      "Oakfield Property Rent/OAKFIELD PROP",
      "Harbour Homes Lease/HARBOUR HMS",
      "Landlord M Okafor Rent/M OKAFOR",
    ),
    median: 980,
    between: 0.3,
    within: 0,
    rate: 0,
    day: 1,
    hours: [1, 5],
  },
  {
    name: "Utilities",
    income: false,
    merchants: shops(
      "Brightwater Power/BRIGHTWATER PWR",
      "Vale Gas and Heat/VALE GAS",
      "Clearstream Water/CLRSTREAM WTR",
    ),
    median: 74,
    between: 0.25,
    within: 0.15,
    rate: 0,
    day: 12,
    hours: [1, 5],
    season: { month: 1, height: 1.7 },
  },
  {
    name: "Insurance",
    income: false,
    merchants: shops("Shieldmark Insurance/SHIELDMARK INS", "Paladin Cover/PALADIN CVR"),
    median: 62,
    between: 0.4,
    within: 0,
    rate: 0,
    day: 15,
    hours: [1, 5],
  },
  {
    name: "Subscriptions",
    income: false,
    merchants: shops(
      "Streamly/STREAMLY.COM",
      "Tunebox Premium/TUNEBOX",
      "Cloudnest Storage/CLOUDNEST",
      "Daily Ledger Online/DLY LEDGER",
      "Pixelpass Games/PIXELPASS",
    ),
    median: 11,
    between: 0.4,
    within: 0,
    rate: 0,
    day: 7,
    hours: [0, 6],
    priced: true,
  },
  {
    name: "Groceries",
    income: false,
    merchants: shops(
      "Greenleaf Market/GREENLEAF MKT",
      "Basket and Barrel/BASKET BARREL",
      "Corner Harvest/CRNR HARVEST",
      "Budgetfoods/BUDGETFDS",
      EVERYTHING,
    ),
    median: 34,
    between: 0.25,
    within: 0.55,
    rate: 9,
    hours: [8, 20],
    weekend: 1.5,
  },
  {
    name: "Restaurants",
    income: false,
    merchants: shops(
      "Luigi Trattoria/LUIGI TRATT",
      "Saffron House/SAFFRON HSE",
      "Noodle Lantern/NOODLE LNTRN",
      "Burger Foundry/BRGR FOUNDRY",
      "Cantina Verde/CANTINA VRD",
    ),
    median: 27,
    between: 0.35,
    within: 0.45,
    rate: 4,
    hours: [11, 22],
    weekend: 1.8,
  },
  {
    name: "Coffee",
    income: false,
    merchants: shops("Ember Coffee/EMBER COF", "Third Rail Espresso/3RD RAIL ESP", "Kettle and Crumb/KETTLE CRUMB"),
    median: 4.6,
    between: 0.15,
    within: 0.25,
    rate: 8,
    hours: [7, 15],
    weekend: 0.6,
  },
  {
    name: "Transport",
    income: false,
    merchants: shops("Metroline Ticket/METROLINE TKT", "Swiftcab Ride/SWIFTCAB", "Regional Rail/REG RAIL"),
    median: 7.5,
    between: 0.5,
    within: 0.45,
    rate: 6,
    hours: [6, 22],
    weekend: 0.7,
  },
  {
    name: "Fuel",
    income: false,
    merchants: shops("Petronord Station/PETRONORD", "Roadstar Fuel/ROADSTAR"),
    median: 52,
    between: 0.1,
    within: 0.2,
    rate: 2,
    hours: [6, 21],
  },
  {
    name: "Shopping",
    income: false,
    merchants: shops(
      EVERYTHING,
      "Lumen Outfitters/LUMEN OUTF",
      "Trailhead Sports/TRAILHEAD",
      "Hearth and Home/HEARTH HOME",
      "Voltique Electronics/VOLTIQUE",
    ),
    median: 46,
    between: 0.4,
    within: 0.7,
    rate: 3,
    hours: [9, 22],
    season: { month: 12, height: 2 },
    weekend: 1.4,
    priced: true,
  },
  {
    name: "Entertainment",
    income: false,
    merchants: shops("Grand Arc Cinema/GRAND ARC", "Ticketvale/TKTVALE", "Bookhollow/BOOKHOLLOW", EVERYTHING),
    median: 19,
    between: 0.35,
    within: 0.5,
    rate: 1.6,
    hours: [12, 23],
    weekend: 2,
  },
  {
    name: "Health",
    income: false,
    merchants: shops(
      "Wellspring Pharmacy/WELLSPRING PHARM",
      "Dr Anand Practice/DR ANAND",
      "Bright Smile Dental/BRIGHT SMILE",
    ),
    median: 24,
    between: 0.6,
    within: 0.5,
    rate: 1.2,
    hours: [8, 19],
    season: { month: 2, height: 1.4 },
    weekend: 0.4,
  },
  {
    name: "Travel",
    income: false,
    merchants: shops("Skyward Air/SKYWARD AIR", "Hotel Meridiana/HTL MERIDIANA", "Nomad Stays/NOMAD STAYS"),
    median: 190,
    between: 0.4,
    within: 0.55,
    rate: 0.35,
    hours: [7, 23],
    season: { month: 7, height: 3 },
  },
  {
    name: "Fitness",
    income: false,
    merchants: shops("Irongate Gym/IRONGATE", "Yoga Loft/YOGA LOFT"),
    median: 32,
    between: 0.3,
    within: 0,
    rate: 0,
    day: 3,
    hours: [1, 5],
  },
  {
    name: "Cash",
    income: false,
    merchants: shops("ATM Withdrawal Main St/ATM MAIN ST", "ATM Station Square/ATM STATION SQ"),
    median: 60,
    between: 0.1,
    within: 0.4,
    rate: 1,
    hours: [8, 22],
    notes: 10,
  },
];

/** Ways to pay, those that an account may have. Income comes by transfer. */
export const METHODS = ["debit card", "credit card", "mobile", "cash"] as const;
export const TRANSFER = "transfer";
