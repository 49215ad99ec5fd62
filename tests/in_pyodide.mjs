// Run `tests.like_a_browser` in Pyodide itself: node tests/in_pyodide.mjs PYODIDE COURSE
const [pyodide, course] = process.argv.slice(2);
const { loadPyodide } = await import(`${pyodide}/pyodide.mjs`);
const python = await loadPyodide({ indexURL: `${pyodide}/` });
await python.loadPackage(["numpy", "matplotlib", "pillow", "ipython"], { messageCallback: () => {} });
python.FS.mkdirTree("/course");
python.FS.mount(python.FS.filesystems.NODEFS, { root: course }, "/course");
await python.runPythonAsync(`
import os, sys
os.chdir("/course")
sys.path.insert(0, "/course")
from tests import like_a_browser
like_a_browser.main("solutions")
`);
