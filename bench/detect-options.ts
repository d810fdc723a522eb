export interface DetectBenchOptions {
  quick: boolean;
  log(text: string): void;
}

export interface Quality {
  aucRoc: number;
  aucPr: number;
}

/** Detectors that draw no random number. */
export const SEEDLESS = ['ecod', 'copod', 'knn', 'pca', 'covariance'];
