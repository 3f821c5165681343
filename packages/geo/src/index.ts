// exact geometry: inside, signed distance, crossing, zone index, jurisdiction.
export {};
