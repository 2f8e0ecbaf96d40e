"""LeNet-5."""
from __future__ import annotations

from cytorch import Tensor, nn


class LeNet(nn.Module):
    """Two convolutions and three linear layers: (N, 1, 28, 28) -> scores (N, num_classes).

    LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998), with ReLU and
    max pools as it is trained today. 61,706 parameters for ten classes.

    >>> import cytorch
    >>> LeNet()(cytorch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        relu, pool = nn.functional.relu, nn.functional.max_pool2d
        x = pool(relu(self.conv1(x)), 2)
        x = pool(relu(self.conv2(x)), 2)
        x = relu(self.fc1(x.flatten(1)))
        return self.fc3(relu(self.fc2(x)))
