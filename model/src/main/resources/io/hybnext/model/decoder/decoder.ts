  # What the decoders share. B batch, S positions, D width, F feed-forward width, W head width; arithmetic of type ${type}.

  # (.., D) times w (D), normalised to unit mean square; in fp32, cast back before the weight as the original does.
  def norm(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    f = torch.to(x, 6)
    r = torch.rsqrt(torch.add(torch.mean(torch.mul(f, f), [-1], True), ${eps}))
    return torch.mul(torch.to(torch.mul(f, r), ${type}), w)

  # SwiGLU: w13 (2F, D) holds w1 above w3; w2 (D, F).
  def feed_forward(self: __torch__.Kernels, x: Tensor, w13: Tensor, w2: Tensor) -> Tensor:
    a, b, = torch.chunk(torch.linear(x, w13), 2, -1)
    return torch.linear(torch.mul(torch.silu(a), b), w2)

  # x + y, y dropped out with one key a row of the batch, drawn as a row of random_keep.
  def join(self: __torch__.Kernels, x: Tensor, y: Tensor, keys: Tensor, threshold: int, scale: float) -> Tensor:
    B, S, D, = torch.size(x)
    if torch.gt(threshold, 0):
      m = (self).random_keep(keys, torch.mul(S, D), threshold, scale, ${type})
      z = torch.addcmul(x, y, torch.view(m, [B, S, D]))
    else:
      z = torch.add(x, y)
    return z

  # r (B, S, heads, W) turned by table (S, W) of cos above sin of W/2 angles each: channel i with channel i + W/2. In fp32.
  def rotate_half(self: __torch__.Kernels, r: Tensor, table: Tensor) -> Tensor:
    a, b, = torch.chunk(torch.to(r, 6), 2, -1)
    c, d, = torch.chunk(torch.unsqueeze(table, -2), 2, -1)
    x = torch.sub(torch.mul(a, c), torch.mul(b, d))
    y = torch.add(torch.mul(b, c), torch.mul(a, d))
    return torch.to(torch.cat([x, y], -1), ${type})

  # q (B, H, S, W) on k and v (B, G, S', W), each of them for H / G heads of queries. mask (B or 1, 1, S, S') of 0 and -1e30, or
  # none; causal only without one and from the first position on. Result (B, S, H W).
  def attend(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
    group = torch.floordiv(torch.size(q, 1), torch.size(k, 1))
    if torch.gt(group, 1):
      k0 = torch.repeat_interleave(k, group, 1)
      v0 = torch.repeat_interleave(v, group, 1)
    else:
      k0 = k
      v0 = v
    a = torch.scaled_dot_product_attention(q, k0, v0, mask, 0., causal)
    B, H, S, W, = torch.size(a)
    return torch.reshape(torch.transpose(a, 1, 2), [B, S, torch.mul(H, W)])

  # Logits z (M, V) fp32, targets (M): mean cross entropy + z_weight * mean squared logarithm of the softmax's sum, and both means.
  def terms(self: __torch__.Kernels, z: Tensor, targets: Tensor, z_weight: float) -> Tuple[Tensor, Tensor, Tensor]:
    nll = torch.cross_entropy_loss(z, targets, None, 1, -100, 0.)
    sums = torch.logsumexp(z, [-1])
    square = torch.mean(torch.mul(sums, sums))
    return (torch.add(nll, torch.mul(square, z_weight)), torch.detach(nll), torch.detach(square))
