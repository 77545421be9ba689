  # ARRA's alignment term; products in type ${type}. B batch, S positions, D width, E feature width. Source: arra.md section 2; ARRA,
  # arra/model/adaptor.py (mlp_gelu, depth 2).

  # h (.., D) -> (.., E); the flat bucket holds both matrices, both biases and perhaps the learned token.
  def projected(self: __torch__.Kernels, h: Tensor, flat: Tensor) -> Tensor:
    parts = torch.split_with_sizes(torch.to(flat, ${type}), ${adaptor_sizes})
    u = torch.gelu(torch.linear(torch.to(h, ${type}), torch.view(parts[0], [${features}, -1]), parts[2]))
    return torch.linear(u, torch.view(parts[1], [${features}, ${features}]), parts[3])
  # h (B, S, D), feature (B, E) fp32 -> cosines (B, n) of positions range[0] .. range[0] + range[1], fp32.
  def cosines(self: __torch__.Kernels, h: Tensor, flat: Tensor, feature: Tensor, range: Tensor) -> Tensor:
    first, count, = torch.unbind(range)
    return (self).cosine((self).projected(torch.narrow(h, 1, int(first), int(count)), flat), feature)
  def cosine(self: __torch__.Kernels, projected: Tensor, feature: Tensor) -> Tensor:
    u = torch.to(projected, 6)
    f = torch.to(feature, 6)
    unit = torch.div(f, torch.clamp_min(torch.linalg_vector_norm(f, 2, [-1], True), 9.9999999999999998e-13))
    dot = torch.squeeze(torch.bmm(u, torch.unsqueeze(unit, 2)), 2)
    return torch.div(dot, torch.clamp_min(torch.linalg_vector_norm(u, 2, [-1]), 9.9999999999999998e-13))
  # Mean over samples of 1 - mean over positions of the cosine.
  def gva(self: __torch__.Kernels, h: Tensor, flat: Tensor, feature: Tensor, range: Tensor) -> Tensor:
    c = (self).cosines(h, flat, feature, range)
    return torch.mean(torch.rsub(torch.mean(c, [1]), 1.))
  def gva_of_projected(self: __torch__.Kernels, projected: Tensor, feature: Tensor) -> Tensor:
    return torch.mean(torch.rsub(torch.mean((self).cosine(projected, feature), [1]), 1.))
  # States (M, D) of single positions: flat (M) numbers them among all B S, sample (M) says whose feature.
  def at_rows(self: __torch__.Kernels, h: Tensor, flat: Tensor, feature: Tensor, rows: Tensor) -> Tuple[Tensor, Tensor]:
    position, sample, = torch.unbind(rows)
    states = torch.index_select(torch.reshape(h, [-1, torch.size(h, 2)]), 0, position)
    return ((self).projected(states, flat), torch.index_select(feature, 0, sample))
  # gva of single positions, weight (M) adds up to 1.
  def gva_rows(self: __torch__.Kernels, h: Tensor, flat: Tensor, feature: Tensor, rows: Tensor, weight: Tensor) -> Tensor:
    u, f, = (self).at_rows(h, flat, feature, rows)
    c = (self).cosine(torch.unsqueeze(u, 1), f)
    return torch.rsub(torch.sum(torch.mul(torch.squeeze(c, 1), weight)), 1.)
  # Mean squared difference instead of 1 - cosine.
  def gva_mse(self: __torch__.Kernels, h: Tensor, flat: Tensor, feature: Tensor, range: Tensor) -> Tensor:
    first, count, = torch.unbind(range)
    u = torch.to((self).projected(torch.narrow(h, 1, int(first), int(count)), flat), 6)
    d = torch.sub(u, torch.unsqueeze(torch.to(feature, 6), 1))
    return torch.mean(torch.mul(d, d))
  def gva_rows_mse(self: __torch__.Kernels, h: Tensor, flat: Tensor, feature: Tensor, rows: Tensor, weight: Tensor) -> Tensor:
    u, f, = (self).at_rows(h, flat, feature, rows)
    d = torch.sub(torch.to(u, 6), torch.to(f, 6))
    return torch.sum(torch.mul(torch.mean(torch.mul(d, d), [-1]), weight))
