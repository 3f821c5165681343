// composition root of one site: the only reader of process.env; roles, health, lifecycle.
export {};
