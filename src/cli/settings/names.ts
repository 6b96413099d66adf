/** `sampleSize` → `sample-size` */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `sampleSize` → `KAAYKO_SAMPLE_SIZE` */
export function environmentName(name: string): string {
  return `KAAYKO_${flagName(name).replaceAll("-", "_").toUpperCase()}`;
}
