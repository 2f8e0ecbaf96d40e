"""Runs a command with environment variables set, or under AddressSanitizer.

    python tools/run_with.py NAME=VALUE ... -- COMMAND ...
    python tools/run_with.py --asan -- COMMAND ...       # needs a CYTORCH_ASAN=1 build
"""
import os
import subprocess
import sys


def asan_environment() -> dict[str, str]:
    library = subprocess.run([os.environ.get("CC", "gcc").split()[-1],
                              "-print-file-name=libasan.so"],
                             capture_output=True, text=True, check=True).stdout.strip()
    return {
        "LD_PRELOAD": library,  # Python itself is not built with the sanitizer
        "PYTHONMALLOC": "malloc",  # so that it sees every object as a block of its own
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:abort_on_error=1",
        "CYTORCH_ASAN": "1",  # tests of speed, memory growth and stack size leave themselves out
    }


def main() -> int:
    split = sys.argv.index("--")
    settings, command = sys.argv[1:split], sys.argv[split + 1:]
    environment = dict(os.environ)
    for setting in settings:
        if setting == "--asan":
            environment.update(asan_environment())
        else:
            name, _, value = setting.partition("=")
            environment[name] = value
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
