"""Every PyTorch snippet of "A Promenade of PyTorch" (2018), in the article's order.

Only the import differs. Its TensorFlow snippets are left out. One slip is corrected: the article's
`RangeDataset` defines `__len__(self, length)`, which len() cannot call; here it is `__len__(self)`.
"""
import argparse
import math

import numpy

import cytorch as torch
import cytorch.nn
import cytorch.optim
from cytorch import nn
from cytorch.autograd import Variable

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--steps", type=int, default=1, help="optimizer steps")
options = parser.parse_args()
torch.manual_seed(0)

# Dynamic vs. static graphs
x = torch.ones(1) * 4
y = torch.ones(1) * 2
print(x + y)

x = Variable(torch.ones([2, 2]) * 2)
while x.sum() < 100:
    x = torch.nn.ReLU()(x**2)
print(x)

# Tensors: the constructor, then all creators and operations that the article lists
x = torch.Tensor(4, 4)
print(x.size())
x, y = torch.eye(4), torch.linspace(1, 4, 4)
for tensor in (torch.rand(2), torch.randn(2), torch.eye(2), torch.from_numpy(numpy.ones(2)), y,
               torch.ones(2), torch.zeros_like(y), torch.arange(0, 6, 2),
               torch.add(x, y), x.add(y), x + y, x.clone().add_(y), torch.mm(x, x),
               torch.mul(x, y), torch.exp(y), torch.pow(y, 2), torch.sqrt(y),
               torch.sqrt_(y.clone()), torch.sigmoid(y), torch.cumprod(y, 0), torch.sum(y),
               torch.std(y), torch.mean(y), y[y > 2], y > 2, y.numpy()):
    print(tensor)
if torch.cuda.is_available():
    print(y.cuda())

# Autograd
x = torch.autograd.Variable(torch.ones(4, 4), requires_grad=True)

x = Variable(torch.ones(1, 5))
w = Variable(torch.randn(5, 1), requires_grad=True)
b = Variable(torch.randn(1), requires_grad=True)
y = x.mm(w) + b  # mm = matrix multiply
y.backward()  # perform automatic differentiation
print(w.grad, b.grad, x.grad)
print(str(y.grad_fn).split(" at ")[0], x.grad_fn)

# torch.nn
x = Variable(torch.ones(5, 5))
print(x)
linear = nn.Linear(5, 1)
print(linear(x))


class AddNoise(torch.nn.Module):
    def __init__(self, mean=0.0, stddev=0.1):
        super(AddNoise, self).__init__()  # noqa: UP008 - as the article has it
        self.mean = mean
        self.stddev = stddev

    def forward(self, input):
        noise = input.clone().normal_(self.mean, self.stddev)
        return input + noise


print(AddNoise()(x))
model = nn.Sequential(
    nn.Conv2d(1, 20, 5),
    nn.ReLU(),
    nn.Conv2d(20, 64, 5),
    nn.ReLU())
image = Variable(torch.rand(1, 1, 32, 32))
print(model(image))

# Losses
x = Variable(torch.randn(10, 3))
y = Variable(torch.ones(10).type(torch.LongTensor))
weights = Variable(torch.Tensor([0.2, 0.2, 0.6]))
loss_function = torch.nn.CrossEntropyLoss(weight=weights)
print(loss_function(x, y))

# Optimizers
x = Variable(torch.randn(5, 5))
y = Variable(torch.randn(5, 5), requires_grad=True)
z = x.mm(y).mean()  # Perform an operation
opt = torch.optim.Adam([y], lr=2e-4, betas=(0.5, 0.999))
z.backward()  # Calculate gradients
print(y.data)
for _ in range(options.steps):
    opt.step()  # Update y according to Adam's gradient update rules
print(y.data)


# Data loading
class RangeDataset(torch.utils.data.Dataset):
    def __init__(self, start, end, step=1):
        self.start, self.end, self.step = start, end, step

    def __len__(self):
        return math.ceil((self.end - self.start) / self.step)

    def __getitem__(self, index):
        value = self.start + index * self.step
        assert value < self.end
        return value


data_loader = torch.utils.data.DataLoader(
    RangeDataset(0, 10), batch_size=4, shuffle=True, num_workers=2, drop_last=True)
for i, batch in enumerate(data_loader):
    print(i, batch)
