/**
 * Compares `major.minor.patch`; what follows (pre-release, build) is ignored. Negative: `a` is the older version. Zero:
 * the same. Positive: the newer. A text that is not a version is older than any version, so it never passes as the
 * newer one.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionNumbers(a), versionNumbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionNumbers(version: string): readonly number[] {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:[-+]|$)/.exec(version);
  return match ? match.slice(1).map(Number) : [-1];
}
