  # Image encoder of segment-anything. Sources: segment_anything's image_encoder.py, transformers' modeling_sam.py.
  # G grid side, R window side, N windows, C output channels; tokens stay (B, G, G, D).
  def embed(self: __torch__.Kernels, pixels: Tensor, w: List[Tensor]) -> Tensor:
    c = torch.conv2d(torch.to(pixels, ${type}), w[0], w[1], [${patch}, ${patch}], [0, 0], [1, 1], 1)
    return torch.to(torch.add(torch.permute(c, [0, 2, 3, 1]), w[2]), ${carry})
  # Table (2n - 1, D/H) of relative positions -> (n, n, D/H): row [query, key] is that of query - key.
  def offsets(self: __torch__.Kernels, table: Tensor) -> Tensor:
    n = torch.floordiv(torch.add(torch.size(table, 0), 1), 2)
    i = torch.arange(n, dtype=4, layout=None, device=ops.prim.device(table), pin_memory=False)
    d = torch.add(torch.sub(torch.unsqueeze(i, 1), torch.unsqueeze(i, 0)), torch.sub(n, 1))
    return torch.embedding(table, d)
  # q, k, v (N, H, h w, D/H) of a grid of h x w. Each query adds its own products, not scaled, with the rows of its offsets to
  # a key, one for the height and one for the width. Queries go in bands of grid rows, to bound the memory of the sums.
  def relative_attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, high: Tensor, wide: Tensor, bands: int) -> Tensor:
    N, H, T, W, = torch.size(q)
    h = torch.size(high, 0)
    w = torch.size(wide, 0)
    rows = torch.floordiv(h, bands)
    grid = torch.view(q, [N, H, h, w, W])
    up = torch.matmul(grid, torch.transpose(high, 1, 2))
    along = torch.transpose(torch.matmul(torch.transpose(grid, 2, 3), torch.transpose(wide, 1, 2)), 2, 3)
    parts = annotate(List[Tensor], [])
    for i in range(bands):
      at = torch.mul(i, rows)
      u = torch.unsqueeze(torch.narrow(up, 2, at, rows), -1)
      a = torch.unsqueeze(torch.narrow(along, 2, at, rows), -2)
      bias = torch.view(torch.add(u, a), [N, H, torch.mul(rows, w), T])
      part = torch.narrow(q, 2, torch.mul(at, w), torch.mul(rows, w))
      _0 = torch.append(parts, torch.scaled_dot_product_attention(part, k, v, bias, 0., False))
    return torch.cat(parts, 2)
  # x (N, h, w, D); w: qkv, output, each weight and bias; offsets for height and width.
  def grid_attention(self: __torch__.Kernels, x: Tensor, w: List[Tensor], bands: int) -> Tensor:
    N, h, v0, D, = torch.size(x)
    r = torch.view(torch.linear(x, w[2], w[3]), [N, torch.mul(h, v0), 3, ${heads}, -1])
    q, k, v, = torch.unbind(torch.permute(r, [2, 0, 3, 1, 4]))
    a = (self).relative_attention(torch.contiguous(q), k, v, w[12], w[13], bands)
    return torch.linear(torch.reshape(torch.transpose(a, 1, 2), [N, h, v0, D]), w[4], w[5])
  # Windows of an already normed grid: padded with zeros on the right and below, which take part, and cut off again.
  def window_attention(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    B, G, G0, D, = torch.size(x)
    p = torch.constant_pad_nd(x, [0, 0, 0, ${padding}, 0, ${padding}], 0)
    n = ${windows}
    s = ${window}
    parts = torch.permute(torch.view(p, [B, n, s, n, s, D]), [0, 1, 3, 2, 4, 5])
    a = (self).grid_attention(torch.reshape(parts, [-1, s, s, D]), w, 1)
    whole = torch.permute(torch.view(a, [B, n, n, s, s, D]), [0, 1, 3, 2, 4, 5])
    full = torch.reshape(whole, [B, torch.mul(n, s), torch.mul(n, s), D])
    return torch.narrow(torch.narrow(full, 1, 0, G), 2, 0, G)
  def finish(self: __torch__.Kernels, x: Tensor, a: Tensor, w: List[Tensor]) -> Tensor:
    y = torch.add(x, a)
    f = (self).feed_forward((self).norm(y, w[6], w[7]), w[8], w[9], w[10], w[11])
    return torch.to(torch.add(y, f), ${carry})
  def window_block(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    x = torch.to(h, ${type})
    return (self).finish(x, (self).window_attention((self).norm(x, w[0], w[1]), w), w)
  def global_block(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    x = torch.to(h, ${type})
    return (self).finish(x, (self).grid_attention((self).norm(x, w[0], w[1]), w, ${bands}), w)
  # -> (B, G, G, C); both norms over the channels.
  def neck(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    x = (self).norm(torch.linear(torch.to(h, ${type}), torch.flatten(w[0], 1, -1)), w[1], w[2])
    c = torch.conv2d(torch.permute(x, [0, 3, 1, 2]), w[3], None, [1, 1], [1, 1], [1, 1], 1)
    return (self).norm(torch.permute(c, [0, 2, 3, 1]), w[4], w[5])
  def channels_first(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.contiguous(torch.permute(x, [0, 3, 1, 2]))
  def grid_mean(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.mean(x, [1, 2])
