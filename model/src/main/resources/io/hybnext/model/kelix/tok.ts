  # Kelix-Tok: patches -> ViT -> 2x2 merge -> N quantisers -> sum. B images of one grid of h x w patches, T = h w, P = T/4 blocks,
  # N codes a block, K entries a sub-codebook, d width of comparison, W width of the ViT. flat holds every trained parameter.
  # Source: spec/kelix.md section 3.
  def parts(self: __torch__.Kernels, flat: Tensor) -> List[Tensor]:
    return torch.split_with_sizes(flat, ${sizes})
  def affine(self: __torch__.Kernels, x: Tensor, w: List[Tensor], at: int) -> Tensor:      # weight at, bias behind it
    b = w[torch.add(at, 1)]
    return torch.linear(x, torch.view(w[at], [torch.size(b, 0), -1]), b)
  def layer_norm(self: __torch__.Kernels, x: Tensor, w: List[Tensor], at: int, eps: float) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], w[at], w[torch.add(at, 1)], eps, False)
  def gelu_tanh(self: __torch__.Kernels, x: Tensor) -> Tensor:
    cube = torch.mul(torch.mul(x, x), x)
    t = torch.tanh(torch.mul(torch.add(x, torch.mul(cube, 0.044715)), 0.79788456080286541))
    return torch.mul(torch.mul(x, 0.5), torch.add(t, 1.))

  # Images (B, S, S, C) of bytes -> (B, C, S, S) in [-1, 1].
  def values(self: __torch__.Kernels, images: Tensor) -> Tensor:
    return torch.permute(torch.sub(torch.div(torch.to(images, 6), 127.5), 1.), [0, 3, 1, 2])
  # (B, C, S, S) -> patches (B, T, C p p), raster order.
  def cut(self: __torch__.Kernels, x: Tensor) -> Tensor:
    B, C, H, W, = torch.size(x)
    g = torch.reshape(x, [B, C, torch.floordiv(H, ${patch}), ${patch}, torch.floordiv(W, ${patch}), ${patch}])
    return torch.reshape(torch.permute(g, [0, 2, 4, 1, 3, 5]), [B, -1, ${patch_length}])
  # Patches plus the learned table, read as a picture and resampled to the grid (2): bilinear, corners not aligned.
  def embed(self: __torch__.Kernels, patches: Tensor, flat: Tensor, grid: Tensor) -> Tensor:
    w = (self).parts(flat)
    h, v, = torch.unbind(grid)
    table = torch.permute(torch.view(w[2], [1, ${table_side}, ${table_side}, ${width}]), [0, 3, 1, 2])
    p = torch.upsample_bilinear2d(table, [int(h), int(v)], False, None, None)
    return torch.add((self).affine(patches, w, 0), torch.reshape(torch.permute(p, [0, 2, 3, 1]), [1, -1, ${width}]))
  # x (B, heads, T, W/heads); channel c and c + half turn together by turns (T, half, 2) of cos and sin.
  def turn(self: __torch__.Kernels, x: Tensor, turns: Tensor) -> Tensor:
    a, b, = torch.chunk(x, 2, -1)
    c, s, = torch.unbind(turns, -1)
    return torch.cat([torch.sub(torch.mul(a, c), torch.mul(b, s)), torch.add(torch.mul(b, c), torch.mul(a, s))], -1)
  def heads(self: __torch__.Kernels, x: Tensor) -> Tensor:
    B, T, W, = torch.size(x)
    return torch.transpose(torch.view(x, [B, T, ${heads}, -1]), 1, 2)
  def run_layer(self: __torch__.Kernels, x: Tensor, w: List[Tensor], at: int, turns: Tensor) -> Tensor:
    n = (self).layer_norm(x, w, at, ${vit_eps})
    q = (self).turn((self).heads((self).affine(n, w, torch.add(at, 2))), turns)
    k = (self).turn((self).heads((self).affine(n, w, torch.add(at, 4))), turns)
    v = (self).heads((self).affine(n, w, torch.add(at, 6)))
    a = torch.scaled_dot_product_attention(q, k, v, None, 0., False)
    y = torch.add(x, (self).affine(torch.reshape(torch.transpose(a, 1, 2), torch.size(x)), w, torch.add(at, 8)))
    m = (self).gelu_tanh((self).affine((self).layer_norm(y, w, torch.add(at, 10), ${vit_eps}), w, torch.add(at, 12)))
    return torch.add(y, (self).affine(m, w, torch.add(at, 14)))
  def layer(self: __torch__.Kernels, x: Tensor, flat: Tensor, turns: Tensor, number: Tensor) -> Tensor:
    return (self).run_layer(x, (self).parts(flat), torch.add(${first_layer}, torch.mul(int(number), 16)), turns)
  def post(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tensor:
    return (self).layer_norm(x, (self).parts(flat), ${behind_layers}, ${vit_eps})
  # (B, T, W) -> (B, P, llm): 2x2 patches side by side, top row first, then the projector with the exact GELU.
  def merge(self: __torch__.Kernels, x: Tensor, flat: Tensor, grid: Tensor) -> Tensor:
    w = (self).parts(flat)
    h, v, = torch.unbind(grid)
    rows = torch.floordiv(int(h), 2)
    columns = torch.floordiv(int(v), 2)
    cells = torch.permute(torch.view(x, [-1, rows, 2, columns, 2, ${width}]), [0, 1, 3, 2, 4, 5])
    c = torch.reshape(cells, [-1, torch.mul(rows, columns), ${merged_width}])
    n = (self).layer_norm(c, w, ${projector}, 1.0000000000000001e-05)
    u = torch.gelu((self).affine(n, w, torch.add(${projector}, 2)))
    return (self).affine(u, w, torch.add(${projector}, 4))
  # All of the encoder: (B, T, C p p) -> (B, P, llm).
  def encode(self: __torch__.Kernels, patches: Tensor, flat: Tensor, grid: Tensor, turns: Tensor) -> Tensor:
    w = (self).parts(flat)
    x = (self).embed(patches, flat, grid)
    for i in range(${layers}):
      x0 = (self).run_layer(x, w, torch.add(${first_layer}, torch.mul(i, 16)), turns)
      x = x0
    return (self).merge((self).post(x, flat), flat, grid)
  # Merged cells (B, P', n) of equal images -> (P, n).
  def flatten(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.flatten(x, 0, 1)
  def by_block(self: __torch__.Kernels, indices: Tensor) -> Tensor:
    return torch.reshape(indices, [-1, ${codes}])
  def rows(self: __torch__.Kernels, images: List[Tensor]) -> Tensor:                       # several (1, P', n) -> (P, n)
    return torch.squeeze(torch.cat(images, 1), 0)

  # merged (P, llm) -> z (P, N, d), and normalised as each quantiser does.
  def slices(self: __torch__.Kernels, merged: Tensor, flat: Tensor) -> Tensor:
    return torch.view((self).affine(merged, (self).parts(flat), ${down}), [-1, ${codes}, ${code_width}])
  def normed(self: __torch__.Kernels, z: Tensor, flat: Tensor) -> Tensor:
    w = (self).parts(flat)
    each = annotate(List[Tensor], [])
    for i in range(${codes}):
      at = torch.add(${quantisers}, torch.mul(i, 6))
      u = (self).layer_norm(torch.select(z, 1, i), w, torch.add(at, 4), 1.0000000000000001e-05)
      _0 = torch.append(each, u)
    return torch.stack(each, 1)
  # SimVQ: the frozen table (N, K, init) through each quantiser's projection and norm -> (N, K, d).
  def codebooks(self: __torch__.Kernels, table: Tensor, flat: Tensor) -> Tensor:
    w = (self).parts(flat)
    each = annotate(List[Tensor], [])
    for i in range(${codes}):
      at = torch.add(${quantisers}, torch.mul(i, 6))
      c = (self).layer_norm((self).affine(torch.select(table, 0, i), w, at), w, torch.add(at, 2), 1.0000000000000001e-05)
      _0 = torch.append(each, c)
    return torch.stack(each, 0)
  # u (P, N, d), codebooks (N, K, d) -> squared distances (P, N, K).
  def distances(self: __torch__.Kernels, u: Tensor, codebooks: Tensor) -> Tensor:
    v = torch.transpose(u, 0, 1)
    uu = torch.sum(torch.mul(v, v), [2], True)
    cc = torch.unsqueeze(torch.sum(torch.mul(codebooks, codebooks), [2]), 1)
    uc = torch.bmm(v, torch.transpose(codebooks, 1, 2))
    return torch.transpose(torch.add(torch.sub(uu, torch.mul(uc, 2.)), cc), 0, 1)
  def nearest(self: __torch__.Kernels, u: Tensor, codebooks: Tensor) -> Tensor:
    return torch.detach(torch.argmin((self).distances(torch.detach(u), torch.detach(codebooks)), 2))
  # indices (P, N) -> the chosen rows (P, N, d).
  def chosen(self: __torch__.Kernels, codebooks: Tensor, indices: Tensor) -> Tensor:
    each = annotate(List[Tensor], [])
    for i in range(${codes}):
      _0 = torch.append(each, torch.embedding(torch.select(codebooks, 0, i), torch.select(indices, 1, i)))
    return torch.stack(each, 1)
  # Value of the chosen rows e, gradient of u.
  def through(self: __torch__.Kernels, u: Tensor, e: Tensor) -> Tensor:
    return torch.add(u, torch.detach(torch.sub(e, u)))
  # Per sub-codebook, (N). The original leaves the last row of the call out of the sum and counts it in the divisor.
  def distance_loss(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    P = torch.size(a, 0)
    d = torch.narrow(torch.sub(a, b), 0, 0, torch.sub(P, 1))
    return torch.div(torch.sum(torch.mul(d, d), [0, 2]), torch.mul(P, ${code_width}))
  def codebook_loss(self: __torch__.Kernels, u: Tensor, e: Tensor) -> Tensor:
    return (self).distance_loss(torch.detach(u), e)
  def commitment_loss(self: __torch__.Kernels, u: Tensor, e: Tensor) -> Tensor:
    return (self).distance_loss(u, torch.detach(e))
  def vq_loss(self: __torch__.Kernels, codebook: Tensor, commitment: Tensor) -> Tensor:
    return torch.add(torch.mean(codebook), torch.mul(torch.mean(commitment), ${beta}))
  # z_q (P, N, d) -> (P, N, out), and pooled over the codes (P, out).
  def up(self: __torch__.Kernels, zq: Tensor, flat: Tensor) -> Tensor:
    w = (self).parts(flat)
    each = annotate(List[Tensor], [])
    for i in range(${codes}):
      m = torch.view(w[torch.add(${up}, i)], [-1, ${code_width}])
      _0 = torch.append(each, torch.linear(torch.select(zq, 1, i), m))
    return torch.stack(each, 1)
  def pool(self: __torch__.Kernels, each: Tensor) -> Tensor:
    if ${mean}:
      pooled = torch.mean(each, [1])
    else:
      pooled = torch.sum(each, [1])
    return pooled
  def probe(self: __torch__.Kernels, embeds: Tensor, weights: Tensor) -> Tensor:
    return torch.mean(torch.mul(embeds, weights))
  def sum(self: __torch__.Kernels, terms: List[Tensor]) -> Tensor:
    return torch.sum(torch.stack(terms))
