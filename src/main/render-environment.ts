/** What render processes may see: what libraries need to find GPUs and temporary folders. */
const PASSED =
  /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|USERPROFILE|NODE_.*|LD_LIBRARY_PATH|CUDA_.*|NVIDIA_.*|VK_.*|MESA_.*|DRI_PRIME|XDG_.*|DISPLAY|OMP_.*|DREAM_DEBUG)$/i;

const SECRET = /TOKEN|SECRET|PASSW|AUTH/i;

/** Never a token: npm's own has a name that begins as Node's variables do. */
export function renderEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const names = Object.keys(environment).filter((name) => PASSED.test(name) && !SECRET.test(name));
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}
