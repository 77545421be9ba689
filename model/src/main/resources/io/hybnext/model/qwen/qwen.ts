  # Qwen3's decoder, after decoder.ts. B batch, S positions, D width, H query heads, G heads of keys and values, W head width, F feed-forward width,
  # V vocabulary. Weights of a call come as its bucket's flat array. Source: spec/kelix.md section 6. Types by number: 6 float.
  # Weights and the residual stream between calls are of type ${carry}, what happens inside a call of ${type}.

  # Queries or keys r (B, S, heads, W), normalised over W before they turn: (B, heads, S, W). table (S, W) or (B, S, W).
  def turned(self: __torch__.Kernels, r: Tensor, gain: Tensor, table: Tensor) -> Tensor:
    return torch.transpose((self).rotate_half((self).norm(r, gain), table), 1, 2)

  # x (B, S, D) to queries (B, H, S, W), keys and values (B, G, S, W); w holds the three projections, then the gains of q and k.
  def project(self: __torch__.Kernels, x: Tensor, w: Tensor, gains: List[Tensor], table: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    B, S, D, = torch.size(x)
    r = torch.view(torch.linear(x, torch.view(w, [-1, ${dim}])), [B, S, ${rows}, ${head_dim}])
    q, k, v, = torch.split_with_sizes(r, [${heads}, ${kv_heads}, ${kv_heads}], 2)
    return ((self).turned(q, gains[0], table), (self).turned(k, gains[1], table), torch.transpose(v, 1, 2))

  # y = x + attention, then the feed-forward layer (SwiGLU) on top; a (B, S, H W).
  def rest(self: __torch__.Kernels, x: Tensor, a: Tensor, wo: Tensor, w13: Tensor, w2: Tensor, g2: Tensor) -> Tensor:
    y = torch.add(x, torch.linear(a, torch.view(wo, [${dim}, ${attention}])))
    f = (self).feed_forward((self).norm(y, g2), torch.view(w13, [-1, ${dim}]), torch.view(w2, [${dim}, -1]))
    return torch.add(y, f)

  def run_block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, mask: Optional[Tensor]) -> Tensor:
    wqkv, wo, w13, w2, g1, g2, gq, gk, = torch.split_with_sizes(torch.to(flat, ${type}), ${block_sizes})
    x0 = torch.to(x, ${type})
    q, k, v, = (self).project((self).norm(x0, g1), wqkv, [gq, gk], table)
    return torch.to((self).rest(x0, (self).attend(q, k, v, mask, torch.__is__(mask, None)), wo, w13, w2, g2), ${carry})
  def block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor) -> Tensor:
    return (self).run_block(x, flat, table, None)
  def block_masked(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, mask: Tensor) -> Tensor:
    return (self).run_block(x, flat, table, mask)

  # ids (..) int64 -> (.., D); the embedding bucket is the table alone.
  def rows_of(self: __torch__.Kernels, flat: Tensor, ids: Tensor) -> Tensor:
    return torch.embedding(torch.view(flat, [${vocab}, ${dim}]), ids)
  def embed(self: __torch__.Kernels, flat: Tensor, ids: Tensor) -> Tensor:
    return torch.to((self).rows_of(torch.to(flat, ${type}), ids), ${carry})

  # fp32 logits of states after the final norm; matrix (V D).
  def read_out(self: __torch__.Kernels, x: Tensor, matrix: Tensor, gain: Tensor) -> Tensor:
    return torch.to(torch.linear((self).norm(torch.to(x, ${type}), gain), torch.view(matrix, [${vocab}, ${dim}])), 6)
  def as_computed(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.to(x, ${type}, False, True)
