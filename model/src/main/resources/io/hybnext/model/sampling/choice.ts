  # How a token is chosen from logits. B images, V entries. Semantics: LlamaGen, autoregressive/models/generate.py.

  # Logits (2 B, V) of conditions and null conditions -> (B, V).
  def guide(self: __torch__.Kernels, z: Tensor, scale: float) -> Tensor:
    c, u, = torch.chunk(z, 2)
    return torch.add(u, torch.mul(torch.sub(c, u), scale))

  # z (B, V) without all but the likeliest that together reach top_p; the first above it stays.
  def nucleus(self: __torch__.Kernels, z: Tensor, top_p: float) -> Tensor:
    if torch.lt(top_p, 1.):
      sorted, order, = torch.sort(z, 1, True)
      above = torch.gt(torch.cumsum(torch.softmax(sorted, 1), 1), top_p)
      first = torch.zeros_like(torch.narrow(above, 1, 0, 1))
      shifted = torch.cat([first, torch.narrow(above, 1, 0, torch.sub(torch.size(z, 1), 1))], 1)
      kept = torch.masked_fill(z, torch.scatter(shifted, 1, order, shifted), -inf)
    else:
      kept = z
    return kept

  # z (B, V) -> probabilities after temperature, top-k (ties with the k-th stay) and top-p (the first above it stays).
  # rates: temperature, top-p; top_k 0 for all.
  def probabilities(self: __torch__.Kernels, z: Tensor, rates: Tensor, top_k: Tensor) -> Tensor:
    k = int(top_k)
    V = torch.size(z, 1)
    z0 = torch.div(z, torch.select(rates, 0, 0))
    if torch.__and__(torch.gt(k, 0), torch.lt(k, V)):
      least, where, = torch.kthvalue(z0, torch.add(torch.sub(V, k), 1), 1, True)
      z1 = torch.masked_fill(z0, torch.lt(z0, least), -inf)
    else:
      z1 = z0
    return torch.softmax((self).nucleus(z1, float(torch.select(rates, 0, 1))), 1)

  # One entry a row of probabilities p (B, V): inverts the distribution function at a 52-bit uniform number from words (B).
  def drawn_from(self: __torch__.Kernels, p: Tensor, words: Tensor) -> Tensor:
    sums = torch.cumsum(torch.to(p, 7), 1)
    u = torch.mul(torch.to(torch.bitwise_and(torch.bitwise_right_shift(words, 12), 4503599627370495), 7), 2.220446049250313e-16)
    total = torch.narrow(sums, 1, torch.sub(torch.size(p, 1), 1), 1)
    return torch.sum(torch.le(sums, torch.mul(torch.unsqueeze(u, 1), total)), [1])
  # One token a row of z (B, V): the likeliest, or drawn with words (B).
  def choose(self: __torch__.Kernels, z: Tensor, words: Tensor, rates: Tensor, top_k: Tensor, greedy: bool) -> Tensor:
    if greedy:
      ids = torch.argmax(z, 1)
    else:
      ids = (self).drawn_from((self).probabilities(z, rates, top_k), words)
    return ids
