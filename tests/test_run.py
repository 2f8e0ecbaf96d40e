"""`python -m cytorch.run`: PyTorch programs run on cytorch."""
from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def run(*arguments: Any, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    # Not from the checkout, whose sources would hide an installed cytorch.
    return subprocess.run([sys.executable, "-m", "cytorch.run", *map(str, arguments)],
                          cwd=cwd or tempfile.gettempdir(), capture_output=True, text=True,
                          timeout=120, check=False)


def test_program(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import torch\nname = torch.__name__\n")
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        "import torch\n"
        "import torch.nn as nn\n"
        "import torch.nn.functional as F\n"
        "from torch.autograd import Variable\n"
        "from torch.utils import checkpoint\n"
        "import cytorch, helper\n"
        "x = Variable(torch.ones(2), requires_grad=True)\n"
        "F.relu(x).sum().backward()\n"
        "assert torch is cytorch and torch.nn is cytorch.nn and nn is cytorch.nn\n"
        "assert cytorch.__spec__.name == 'cytorch'\n"
        "print(helper.name, sys.argv[1:], __name__, x.grad)\n")
    result = run(program, "a", "-b")
    assert result.stderr == ""
    assert result.stdout == "cytorch ['a', '-b'] __main__ tensor([1., 1.])\n"


def test_module_and_code(tmp_path: Path) -> None:
    (tmp_path / "thing.py").write_text("import torch\nprint(torch.ones(1))\n")
    assert run("-m", "thing", cwd=tmp_path).stdout == "tensor([1.])\n"
    assert run("-c", "import torch; print(torch.zeros(1))").stdout == "tensor([0.])\n"


def test_torchvision_means_the_data_sets_transforms_and_models(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import torchvision\n"
        "import torchvision.transforms as T\n"
        "from torchvision import datasets, models, transforms\n"
        "from torchvision.utils import make_grid, save_image\n"
        "import torchvision.transforms.functional as TF\n"
        "import cytorch\n"
        "assert T is transforms is cytorch.transforms and datasets is cytorch.datasets\n"
        "assert torchvision.models is models and TF is T.functional\n"
        "save_image(cytorch.rand(3, 1, 4, 4), 'grid.png', nrow=2)\n"
        "print(models.LeNet.__name__, datasets.MNIST.__name__)\n")
    result = run(program, cwd=tmp_path)
    assert result.stderr == ""
    assert result.stdout == "LeNet MNIST\n"
    assert (tmp_path / "grid.png").read_bytes()[:4] == b"\x89PNG"


def test_missing_submodule() -> None:
    result = run("-c", "import torch.no_such_thing")
    assert result.returncode == 1
    assert "ModuleNotFoundError: No module named 'torch.no_such_thing'" in result.stderr


def test_exit_status() -> None:
    assert run("-c", "raise SystemExit(3)").returncode == 3


def test_usage(tmp_path: Path) -> None:
    assert run().returncode == 2
    assert "usage" in run().stderr
    assert "usage" in run("--help").stdout
    missing = run(tmp_path / "none.py")
    assert missing.returncode == 2
    assert "none.py" in missing.stderr
