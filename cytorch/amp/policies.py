"""Which ops autocast changes on a CPU, as PyTorch documents it."""
from __future__ import annotations

# These gain most and lose least in 16 bits: sums of products.
_LOWER = """
    addbmm addmm baddbmm bmm conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
    linear linalg.vecdot matmul mm nn.functional.conv1d nn.functional.conv2d nn.functional.conv3d
    nn.functional.conv_transpose1d nn.functional.conv_transpose2d nn.functional.conv_transpose3d
    nn.functional.linear nn.functional.prelu nn.functional.scaled_dot_product_attention prelu
    scaled_dot_product_attention
"""

# These need the range or the digits of float32.
_SINGLE = """
    avg_pool3d adaptive_avg_pool3d binary_cross_entropy binary_cross_entropy_with_logits cdist
    cholesky cholesky_inverse cholesky_solve ctc_loss grid_sample grid_sampler_2d grid_sampler_3d
    inverse kl_div l1_loss mse_loss multi_margin_loss multilabel_margin_loss nanquantile nll_loss
    poisson_nll_loss polar prod quantile replication_pad3d smooth_l1_loss stft trace
    triplet_margin_loss view_as_complex
    linalg.cholesky linalg.cond linalg.det linalg.eig linalg.eigh linalg.eigvals linalg.eigvalsh
    linalg.inv linalg.lstsq linalg.matrix_norm linalg.matrix_rank linalg.qr linalg.solve linalg.svd
    linalg.svdvals linalg.tensorinv linalg.tensorsolve
    fft.fft fft.ifft fft.fft2 fft.ifft2 fft.fftn fft.ifftn fft.rfft fft.irfft fft.rfft2 fft.irfft2
    fft.rfftn fft.irfftn fft.hfft fft.ihfft
    nn.functional.adaptive_avg_pool3d nn.functional.avg_pool3d nn.functional.binary_cross_entropy
    nn.functional.binary_cross_entropy_with_logits nn.functional.ctc_loss nn.functional.grid_sample
    nn.functional.kl_div nn.functional.l1_loss nn.functional.mse_loss
    nn.functional.multi_margin_loss nn.functional.multilabel_margin_loss nn.functional.nll_loss
    nn.functional.poisson_nll_loss nn.functional.smooth_l1_loss
    nn.functional.triplet_margin_loss
"""

LOWER_PRECISION, SINGLE_PRECISION = _LOWER.split(), _SINGLE.split()
