// append, mirror, merged read with watermarks, snapshot store; JetStream and in-memory.
export {};
