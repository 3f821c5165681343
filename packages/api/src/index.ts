// cantonal and operator API, live stream, OpenAPI.
export {};
