export const isUtc = (zone: string): boolean => /^(utc|gmt|etc\/utc|etc\/gmt|z)$/i.test(zone);
