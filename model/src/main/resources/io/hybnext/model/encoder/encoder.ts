  # Blocks, views and losses of the vision encoders. B = batch, C = channels, S = image side, D = feature length.
  # Convolution weights come flat; the length of the bias gives the output channels.
  def conv(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, side: int, stride: int) -> Tensor:
    p = torch.floordiv(side, 2)
    return torch.conv2d(x, torch.view(w, [torch.size(b, 0), -1, side, side]), b, [stride, stride], [p, p], [1, 1], 1)
  def norm_swish(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.silu(torch.group_norm(x, ${groups}, w, b, 1.0000000000000001e-05, False))
  def residual(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    h = (self).conv((self).norm_swish(x, w[0], w[1]), w[2], w[3], 3, 1)
    h = (self).conv((self).norm_swish(h, w[4], w[5]), w[6], w[7], 3, 1)
    return torch.add(x, h)
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.linear(x, torch.view(w, [torch.size(b, 0), -1]), b)
  def scaled(self: __torch__.Kernels, bytes: Tensor) -> Tensor:                          # (B, S, S) uint8 -> (B, 1, S, S) in [-1, 1]
    return torch.unsqueeze(torch.sub(torch.div(torch.to(bytes, 6), 127.5), 1.), 1)
  # A view of each image: crop, shift, turn and stretch by theta (B, 2, 3), then contrast, brightness and noise (B, 3).
  def view(self: __torch__.Kernels, bytes: Tensor, theta: Tensor, tone: Tensor, noise: Tensor) -> Tensor:
    x = (self).scaled(bytes)
    B, C, H, W, = torch.size(x)
    grid = torch.affine_grid_generator(theta, [B, C, H, W], False)
    y = torch.grid_sampler(x, grid, 0, 1, False)
    c, b, n, = torch.unbind(torch.view(tone, [B, 3, 1, 1, 1]), 1)
    m = torch.mean(y, [1, 2, 3], True)
    y = torch.add(torch.add(torch.mul(torch.sub(y, m), c), m), b)
    return torch.detach(torch.add(y, torch.mul(torch.view(noise, [B, C, H, W]), n)))
  # Which of the other views in the batch is of the same image? (SimCLR: Chen et al., 2020.) Embeddings (2B, D), the views of
  # image i at i and B + i; temperature 0.2. Returns the mean cross-entropy and the share of right answers.
  def contrast(self: __torch__.Kernels, e: Tensor) -> Tuple[Tensor, Tensor]:
    z = torch.to(e, 6)
    u = torch.div(z, torch.clamp_min(torch.norm(z, 2, [-1], True), 9.9999999999999995e-07))
    n = torch.size(u, 0)
    i = torch.arange(n, dtype=4, layout=None, device=ops.prim.device(u), pin_memory=False)
    own = torch.eq(torch.unsqueeze(i, 0), torch.unsqueeze(i, 1))
    s = torch.masked_fill(torch.mul(torch.matmul(u, torch.t(u)), 5.), own, -1000000000.)
    other = torch.remainder(torch.add(i, torch.floordiv(n, 2)), n)
    loss = torch.cross_entropy_loss(s, other, None, 1, -100, 0.)
    right = torch.mean(torch.to(torch.eq(torch.argmax(s, 1), other), 6))
    return (loss, torch.detach(right))
  def label_loss(self: __torch__.Kernels, logits: Tensor, labels: Tensor) -> Tensor:    # (B, L), labels 0 or 1
    return torch.binary_cross_entropy_with_logits(logits, labels, None, None, 1)
  # AdamW on the flat array, and the running average of the weights that is kept in the end.
  # Lists come from outside: libtorch drops the update of lists made inside as dead code.
  def adamw(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor], lr: Tensor) -> Tensor:
    none = annotate(List[Tensor], [])
    torch._foreach_add_(t, 1)
    torch._fused_adamw_(p, g, m, v, none, t, lr=float(lr), beta1=0.90000000000000002, beta2=0.98999999999999999, weight_decay=0.01, eps=1e-08, amsgrad=False, maximize=False)
    return t[0]
  def average(self: __torch__.Kernels, mean: Tensor, p: Tensor, share: Tensor) -> Tensor:
    return torch.lerp_(mean, torch.detach(p), float(share))
  # Principal axes of features (N, D) scaled to about unit variance: rows of A, and the mean. Small axes are held down by floor.
  def whitening(self: __torch__.Kernels, features: Tensor, floor: Tensor) -> Tuple[Tensor, Tensor]:
    f = torch.to(features, 7)
    mean = torch.mean(f, [0])
    u = torch.sub(f, mean)
    c = torch.div(torch.matmul(torch.t(u), u), torch.sub(torch.size(f, 0), 1))
    e, q, = torch.linalg_eigh(c)
    s = torch.rsqrt(torch.add(torch.clamp_min(e, 0.), torch.mul(torch.mean(e), float(floor))))
    return (torch.matmul(torch.mul(q, s), torch.t(q)), mean)
  def fold(self: __torch__.Kernels, w: Tensor, b: Tensor, a: Tensor, mean: Tensor) -> Tuple[Tensor, Tensor]:
    wide = torch.matmul(a, torch.to(w, 7))
    return (torch.to(wide, 6), torch.to(torch.mv(a, torch.sub(torch.to(b, 7), mean)), 6))
  def stacked(self: __torch__.Kernels, parts: List[Tensor]) -> Tensor:
    return torch.detach(torch.cat(parts, 0))
  def as_matrix(self: __torch__.Kernels, w: Tensor, b: Tensor) -> Tensor:
    return torch.view(w, [torch.size(b, 0), -1])
