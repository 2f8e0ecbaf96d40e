"""A GPT: a decoder of causal self-attention blocks over tokens."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor, nn
from cytorch.nn import functional as F


class CausalSelfAttention(nn.Module):
    """softmax(q k^T / sqrt(head size), no position sees a later one) v: (N, T, C) -> (N, T, C)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"GPT: width {width} is not divisible by {heads} heads")
        self.heads, self.dropout = heads, dropout
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        query, key, value = (part.view(batch, length, self.heads, -1).transpose(1, 2)
                             for part in self.c_attn(x).split(width, dim=2))
        out = F.scaled_dot_product_attention(
            query, key, value, dropout_p=self.dropout if self.training else 0.0, is_causal=True)
        out = self.c_proj(out.transpose(1, 2).reshape(batch, length, width))
        return F.dropout(out, self.dropout, self.training)


class Block(nn.Module):
    """Attention and a two-layer perceptron, each normalised before and added: (N, T, C)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = CausalSelfAttention(width, heads, dropout)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"),
                                 nn.Linear(4 * width, width), nn.Dropout(dropout))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    """Tokens (N, T), int64, -> scores of the next token (N, T, vocabulary).

    Parameters
    ----------
    vocabulary : number of tokens
    context : the longest T
    width, layers, heads : of the model; width is a multiple of heads
    dropout : float

    Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019); the
    scores share their weights with the token embedding. Raises ValueError for T above `context`.

    >>> import cytorch
    >>> model = GPT(vocabulary=65, context=16, width=32, layers=2, heads=4)
    >>> model(cytorch.zeros(1, 8, dtype=cytorch.int64)).shape
    torch.Size([1, 8, 65])
    """

    def __init__(self, vocabulary: int, context: int = 256, width: int = 384, layers: int = 6,
                 heads: int = 6, dropout: float = 0.0) -> None:
        super().__init__()
        self.context = context
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(context, width)
        self.h = nn.ModuleList([Block(width, heads, dropout) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.wte.weight
        self.dropout = dropout
        self.apply(self._initialise)
        for block in self.h:
            # 2 * layers terms add up along the residual path
            for projection in (block.attn.c_proj, block.mlp[2]):
                nn.init.normal_(projection.weight, 0.0, 0.02 / math.sqrt(2 * layers))

    def _initialise(self, module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, 0.0, 0.02)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        if length > self.context:
            raise ValueError(f"GPT: {length} tokens, but the context has {self.context}")
        positions = cytorch.arange(length, device=tokens.device)
        x = F.dropout(self.wte(tokens) + self.wpe(positions), self.dropout, self.training)
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))

    @cytorch.no_grad()
    def generate(self, tokens: Tensor, count: int, temperature: float = 1.0,
                 generator: Any = None) -> Tensor:
        """`count` more tokens, each drawn from softmax(scores / temperature): (N, T + count)."""
        for _ in range(count):
            scores = self(tokens[:, -self.context:])[:, -1] / temperature
            drawn = cytorch.multinomial(scores.softmax(-1), 1, generator=generator)
            tokens = cytorch.cat([tokens, drawn], dim=1)
        return tokens
