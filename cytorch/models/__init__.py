"""Well-known models, untrained; state_dict keys are torchvision's where torchvision has them."""
from .gpt import GPT
from .lenet import LeNet
from .resnet import ResNet, resnet18, resnet34, resnet50
from .vgg import VGG, vgg11, vgg11_bn, vgg16, vgg16_bn
from .vit import VisionTransformer, vit_b_16, vit_b_32

__all__ = ["GPT", "VGG", "LeNet", "ResNet", "VisionTransformer", "resnet18", "resnet34",
           "resnet50", "vgg11", "vgg11_bn", "vgg16", "vgg16_bn", "vit_b_16", "vit_b_32"]
