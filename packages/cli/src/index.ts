// the vigie command.
export {};
