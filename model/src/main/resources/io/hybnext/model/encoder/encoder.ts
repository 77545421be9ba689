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
  # VICReg (Bardes, Ponce and LeCun, 2022): invariance, variance, covariance of two views' embeddings (B, D).
  def off_diagonal(self: __torch__.Kernels, z: Tensor) -> Tensor:
    B, D, = torch.size(z)
    c = torch.div(torch.matmul(torch.t(z), z), torch.sub(B, 1))
    return torch.div(torch.sub(torch.sum(torch.mul(c, c)), torch.sum(torch.square(torch.diagonal(c)))), D)
  def hinge(self: __torch__.Kernels, z: Tensor) -> Tensor:
    return torch.mean(torch.relu(torch.rsub(torch.sqrt(torch.add(torch.var(z, [0], True), 0.0001)), 1.)))
  def vicreg(self: __torch__.Kernels, e: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    x, y, = torch.chunk(torch.to(e, 6), 2)
    invariance = torch.mse_loss(x, y)
    variance = torch.div(torch.add((self).hinge(x), (self).hinge(y)), 2.)
    u = torch.sub(x, torch.mean(x, [0]))
    v = torch.sub(y, torch.mean(y, [0]))
    covariance = torch.add((self).off_diagonal(u), (self).off_diagonal(v))
    total = torch.add(torch.mul(torch.add(invariance, variance), 25.), covariance)
    return (total, invariance, variance, covariance)
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
