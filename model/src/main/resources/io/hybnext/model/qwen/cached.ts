  # Decoding with a cache of rotated, normalised keys and values, after qwen.ts. R rows, L cache length; caches holds keys and
  # values (R, G, L, W) of type ${type} of each layer in turn; open (R, L) is 0, or -1e30 where a column is padding.

  # Scores' mask (R, 1, S, at + S) of S new positions behind at old ones: causal, aligned to the end.
  def cached_mask(self: __torch__.Kernels, open: Tensor, at: int, S: int) -> Tensor:
    n = torch.add(at, S)
    columns = torch.unsqueeze(torch.unsqueeze(torch.narrow(open, 1, 0, n), 1), 1)
    if torch.gt(S, 1):
      ones = torch.ones([S, n], dtype=11, layout=None, device=ops.prim.device(open), pin_memory=False)
      later = torch.triu(ones, torch.add(at, 1))
      m = torch.masked_fill(torch.expand(columns, [-1, -1, S, -1]), later, -1e+30)
    else:
      m = columns
    return m

  def cached_block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor, values: Tensor, at: int, mask: Tensor) -> Tensor:
    wqkv, wo, w13, w2, g1, g2, gq, gk, = torch.split_with_sizes(torch.to(flat, ${type}), ${block_sizes})
    S = torch.size(x, 1)
    q, k, v, = (self).project((self).norm(x, g1), wqkv, [gq, gk], table)
    k0 = torch.copy_(torch.narrow(keys, 2, at, S), k)
    v0 = torch.copy_(torch.narrow(values, 2, at, S), v)
    n = torch.add(at, S)
    a = (self).attend(q, torch.narrow(keys, 2, 0, n), torch.narrow(values, 2, 0, n), mask, False)
    return (self).rest(x, a, wo, w13, w2, g2)

  # x (R, S, D) at columns at .. at + S - 1 through all layers; table (R, L, W). Result (R, S, D).
  def cached_stack(self: __torch__.Kernels, x: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, open: Tensor, at: int) -> Tensor:
    S = torch.size(x, 1)
    mask = (self).cached_mask(open, at, S)
    turns = torch.narrow(table, 1, at, S)
    h = torch.to(x, ${type})
    for i in range(${layers}):
      h0 = (self).cached_block(h, blocks[i], turns, caches[torch.mul(2, i)], caches[torch.add(torch.mul(2, i), 1)], at, mask)
      h = h0
    return h
