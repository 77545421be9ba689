  # What training adds to vq.ts. B = batch, C = image channels, S = image side, D = length of a code, K = codes,
  # N = B*g*g latent rows. Codes here are unit rows (K, D), moved as running means of the latents they win.
  def unit_rows(self: __torch__.Kernels, latent: Tensor) -> Tensor:                       # (B, D, g, g) -> (N, D)
    z = torch.reshape(torch.permute(latent, [0, 2, 3, 1]), [-1, torch.size(latent, 1)])
    return torch.div(z, torch.clamp_min(torch.norm(z, 2, [-1], True), 1e-12))
  def to_grid(self: __torch__.Kernels, z: Tensor, like: Tensor) -> Tensor:
    B, D, H, W, = torch.size(like)
    return torch.permute(torch.reshape(z, [B, H, W, D]), [0, 3, 1, 2])
  # Before the codebook starts: the unit latents themselves.
  def pass_through(self: __torch__.Kernels, latent: Tensor) -> Tensor:
    return (self).to_grid((self).unit_rows(latent), latent)
  # Straight-through codes, mean squared distance to them, indices (N), latent rows (N, D).
  def quantise(self: __torch__.Kernels, latent: Tensor, codes: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    z = (self).unit_rows(latent)
    i = torch.argmax(torch.matmul(torch.detach(z), torch.t(codes)), 1)
    q = torch.index_select(codes, 0, i)
    through = (self).to_grid(torch.add(z, torch.detach(torch.sub(q, z))), latent)
    return (through, torch.mse_loss(z, q), i, torch.detach(z))
  def smooth(self: __torch__.Kernels, x: Tensor, band: Tensor) -> Tensor:                 # band (S-10, S): Gaussian rows
    return torch.matmul(torch.matmul(band, x), torch.t(band))
  # SSIM of images with values in [0, 1]: 11 x 11 Gaussian window of sigma 1.5, whole windows only. -> (B)
  def ssim(self: __torch__.Kernels, x: Tensor, y: Tensor, band: Tensor) -> Tensor:
    a = (self).smooth(x, band)
    b = (self).smooth(y, band)
    aa = torch.mul(a, a)
    bb = torch.mul(b, b)
    ab = torch.mul(a, b)
    xx = torch.sub((self).smooth(torch.mul(x, x), band), aa)
    yy = torch.sub((self).smooth(torch.mul(y, y), band), bb)
    xy = torch.sub((self).smooth(torch.mul(x, y), band), ab)
    up = torch.mul(torch.add(torch.mul(ab, 2.0), 0.0001), torch.add(torch.mul(xy, 2.0), 0.0009))
    down = torch.mul(torch.add(torch.add(aa, bb), 0.0001), torch.add(torch.add(xx, yy), 0.0009))
    return torch.mean(torch.div(up, down), [1, 2, 3])
  # x, y (B, C, S, S) in [-1, 1] -> mean log error (the negative PSNR but for scale), mean squared error, SSIM
  def fidelity(self: __torch__.Kernels, y: Tensor, x: Tensor, band: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    d = torch.div(torch.sub(y, x), 2.0)
    mse = torch.mean(torch.mul(d, d), [1, 2, 3])
    level = torch.add(torch.mul(torch.mean(torch.log(torch.add(mse, 0.0002))), 0.5), 3.5)
    s = (self).ssim(torch.div(torch.add(y, 1.0), 2.0), torch.div(torch.add(x, 1.0), 2.0), band)
    return (level, torch.mean(mse), torch.mean(s))
  def weighted(self: __torch__.Kernels, terms: List[Tensor], weights: Tensor) -> Tensor:
    return torch.sum(torch.mul(torch.stack(terms), weights))
  def crop(self: __torch__.Kernels, x: Tensor, at: Tensor) -> Tensor:                     # at: row, column, side
    side = int(torch.select(at, 0, 2))
    rows = torch.narrow(x, 2, int(torch.select(at, 0, 0)), side)
    return torch.narrow(rows, 3, int(torch.select(at, 0, 1)), side)
  def average(self: __torch__.Kernels, mean: Tensor, value: Tensor, share: Tensor) -> Tensor:
    return torch.lerp_(mean, value, share)
  # Codebook as running means: counts (K), sums (K, D), codes (K, D) and their average over steps.
  def count_codes(self: __torch__.Kernels, i: Tensor, z: Tensor, counts: Tensor, sums: Tensor) -> Tensor:
    won = torch.to(torch.bincount(i, None, torch.size(counts, 0)), 6)
    seen = torch.index_add(torch.zeros_like(sums), 0, i, z)
    torch.add_(torch.mul_(sums, ${keep}), seen, alpha=${take})
    return torch.add_(torch.mul_(counts, ${keep}), won, alpha=${take})
  def move_codes(self: __torch__.Kernels, sums: Tensor, codes: Tensor, mean: Tensor, share: Tensor) -> Tensor:
    torch.copy_(codes, torch.div(sums, torch.clamp_min(torch.norm(sums, 2, [-1], True), 1e-12)))
    m = torch.lerp(mean, codes, share)
    return torch.copy_(mean, torch.div(m, torch.clamp_min(torch.norm(m, 2, [-1], True), 1e-12)))
  def put_rows(self: __torch__.Kernels, target: Tensor, at: Tensor, rows: Tensor) -> Tensor:
    return torch.index_copy_(target, 0, at, rows)
  # Momentum update along the matrix nearest to orthogonal in the momentum's direction (Muon; K. Jordan et al. 2024), by
  # 4 Newton-Schulz turns with the published coefficients, all on the smaller Gram matrix. The step's size is like Adam's.
  def muon(self: __torch__.Kernels, w: List[Tensor], g: List[Tensor], m: List[Tensor], rate: Tensor) -> Tensor:
    for i in range(torch.len(w)):
      b = torch.lerp_(m[i], g[i], 0.05)
      u = torch.lerp(g[i], b, 0.95)
      tall = torch.gt(torch.size(u, 0), torch.size(u, 1))
      if tall:
        v = torch.t(u)
      else:
        v = u
      v = torch.div(v, torch.add(torch.norm(v), 1e-07))
      n = torch.size(v, 0)
      one = torch.eye(n)
      gram = torch.matmul(v, torch.t(v))
      q = one
      for j in range(4):
        p = torch.add(torch.mul(gram, -4.775), torch.matmul(gram, gram), alpha=2.0315)
        p = torch.add(p, one, alpha=3.4445)
        q = torch.matmul(p, q)
        gram = torch.matmul(torch.matmul(gram, p), p)
      v = torch.matmul(q, v)
      scale = torch.mul(torch.pow(float(torch.size(v, 1)), 0.5), 0.2)
      if tall:
        o = torch.t(v)
      else:
        o = v
      torch.sub_(w[i], torch.mul(torch.mul(o, rate), scale))
    return rate
