// seeded fleet, feeds, and the independent oracle.
export {};
