/** What render processes may see: what libraries need to find GPUs and temporary folders. */
const PASSED =
  /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|USERPROFILE|NODE_.*|LD_LIBRARY_PATH|CUDA_.*|NVIDIA_.*|VK_.*|MESA_.*|DRI_PRIME|XDG_.*|DISPLAY|OMP_.*|DREAM_DEBUG)$/i;

/** Never a token. */
export function renderEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED.test(name)));
}
