// device authentication, uploads, group commit, durable answers, quarantine.
export {};
