  # Sampling with a cache of keys and values, after the methods of transformer.ts. B images, R rows (2 B under guidance: conditions
  # first, then null conditions), L cache length, K heads of keys and values, W head width, V codebook entries, N image tokens.
  # Semantics: LlamaGen, autoregressive/models/generate.py.

  # A block's or the head's flat weights with every matrix transposed: products of a few rows with (in, out) matrices are up to a
  # third faster than with (out, in) ones, for on a CPU these products are all that sampling waits for.
  def turn_block(self: __torch__.Kernels, flat: Tensor) -> Tensor:
    wqkv, wo, w13, w2, g1, g2, = torch.split_with_sizes(flat, ${block_sizes})
    a = (self).turn(wqkv, ${dim})
    b = (self).turn(wo, ${dim})
    c = (self).turn(w13, ${dim})
    d = (self).turn(w2, ${ffn_dim})
    return torch.cat([a, b, c, d, g1, g2])
  def turn_head(self: __torch__.Kernels, flat: Tensor) -> Tensor:
    w, g, = torch.split_with_sizes(flat, ${head_sizes})
    return torch.cat([(self).turn(w, ${dim}), g])
  def turn(self: __torch__.Kernels, w: Tensor, columns: int) -> Tensor:
    return torch.reshape(torch.t(torch.view(w, [-1, columns])), [-1])

  # x (R, S, D) at positions at .. at + S - 1; keys and values (R.., K, L, W) are written there and read up to there. flat as
  # turn_block gives it.
  # One position sees everything before it that mask (R.., 1, 1, L) leaves open; several are the condition, with its own mask.
  def cached_block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor, values: Tensor, at: int, mask: Optional[Tensor]) -> Tensor:
    wqkv, wo, w13, w2, g1, g2, = torch.split_with_sizes(flat, ${block_sizes})
    R, S, D, = torch.size(x)
    r = torch.matmul((self).norm(x, g1), torch.view(wqkv, [${dim}, -1]))
    q, k, v, = (self).heads(torch.view(r, [R, S, ${rows}, ${head_dim}]), table)
    rows_k = torch.narrow(keys, 0, 0, R)
    rows_v = torch.narrow(values, 0, 0, R)
    k0 = torch.copy_(torch.narrow(rows_k, 2, at, S), k)
    v0 = torch.copy_(torch.narrow(rows_v, 2, at, S), v)
    if torch.gt(at, 0):
      n = torch.add(at, S)
      a = (self).attend_cached(q, torch.narrow(rows_k, 2, 0, n), torch.narrow(rows_v, 2, 0, n), mask)
    else:
      a = (self).attend(q, k, v, mask, torch.__is__(mask, None))
    y = torch.add(x, torch.matmul(a, torch.view(wo, [${dim}, ${dim}])))
    h, g, = torch.chunk(torch.matmul((self).norm(y, g2), torch.view(w13, [${dim}, -1])), 2, -1)
    return torch.add(y, torch.matmul(torch.mul(torch.silu(h), g), torch.view(w2, [-1, ${dim}])))

  # q (R, H, 1, W) on keys and values (R, K, n, W).
  def attend_cached(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    if torch.__is__(mask, None):
      m = mask
    else:
      m = torch.narrow(torch.narrow(unchecked_cast(Tensor, mask), 0, 0, torch.size(q, 0)), 3, 0, torch.size(k, 2))
    return (self).attend(q, k, v, m, False)

  # All blocks and the head, turned; caches holds keys and values of each block in turn. Logits of the last position, (R, V) fp32.
  def cached_stack(self: __torch__.Kernels, x: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, at: int, mask: Optional[Tensor]) -> Tensor:
    S = torch.size(x, 1)
    rows = torch.narrow(table, 0, at, S)
    h = x
    for i in range(${layers}):
      h0 = (self).cached_block(h, blocks[i], rows, caches[torch.mul(2, i)], caches[torch.add(torch.mul(2, i), 1)], at, mask)
      h = h0
    w, g, = torch.split_with_sizes(head, ${head_sizes})
    last = (self).norm(torch.select(h, 1, torch.sub(S, 1)), g)
    return torch.to(torch.matmul(last, torch.view(w, [${dim}, ${vocab}])), 6)

  # Condition x (R, T, D) into the caches; logits (B, V) after guidance.
  def prefill(self: __torch__.Kernels, x: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, numbers: Tensor, rates: Tensor) -> Tensor:
    z = (self).cached_stack(x, head, blocks, caches, table, 0, None)
    return (self).guide_if(z, numbers, rates)
  def prefill_masked(self: __torch__.Kernels, x: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, numbers: Tensor, rates: Tensor, mask: Tensor) -> Tensor:
    z = (self).cached_stack(x, head, blocks, caches, table, 0, mask)
    return (self).guide_if(z, numbers, rates)
  def guide_if(self: __torch__.Kernels, z: Tensor, numbers: Tensor, rates: Tensor) -> Tensor:
    if bool(torch.select(numbers, 0, 3)):
      z0 = (self).guide(z, float(torch.select(rates, 0, 2)))
    else:
      z0 = z
    return z0

  # Continues tokens (B, N) in place: numbers are position T, tokens there are, tokens to add, guided, top-k and greedy; words (N, B).
  # rates: temperature, top-p, guidance scale. Returns the logits (B, V) that the last new token was chosen from.
  def extend(self: __torch__.Kernels, tokens: Tensor, words: Tensor, embeddings: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, mask: Optional[Tensor], numbers: Tensor, rates: Tensor) -> Tensor:
    T = int(torch.select(numbers, 0, 0))
    begin = int(torch.select(numbers, 0, 1))
    count = int(torch.select(numbers, 0, 2))
    guided = bool(torch.select(numbers, 0, 3))
    top_k = torch.select(numbers, 0, 4)
    greedy = bool(torch.select(numbers, 0, 5))
    z = rates
    for i in range(count):
      n = torch.add(begin, i)
      last = torch.narrow(tokens, 1, torch.sub(n, 1), 1)
      if guided:
        ids = torch.cat([last, last], 0)
      else:
        ids = last
      x = (self).embed_tokens(embeddings, ids)
      z0 = (self).cached_stack(x, head, blocks, caches, table, torch.sub(torch.add(T, n), 1), mask)
      z1 = (self).guide_if(z0, numbers, rates)
      t = torch.copy_(torch.select(tokens, 1, n), (self).choose(z1, torch.select(words, 0, n), rates, top_k, greedy))
      z = z1
    return z
  def run(self: __torch__.Kernels, tokens: Tensor, words: Tensor, embeddings: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, numbers: Tensor, rates: Tensor) -> Tensor:
    return (self).extend(tokens, words, embeddings, head, blocks, caches, table, None, numbers, rates)
  def run_masked(self: __torch__.Kernels, tokens: Tensor, words: Tensor, embeddings: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, numbers: Tensor, rates: Tensor, mask: Tensor) -> Tensor:
    return (self).extend(tokens, words, embeddings, head, blocks, caches, table, mask, numbers, rates)
  # The first token, from the logits of the condition.
  def first(self: __torch__.Kernels, tokens: Tensor, words: Tensor, z: Tensor, numbers: Tensor, rates: Tensor) -> Tensor:
    chosen = (self).choose(z, torch.select(words, 0, 0), rates, torch.select(numbers, 0, 4), bool(torch.select(numbers, 0, 5)))
    return torch.copy_(torch.select(tokens, 1, 0), chosen)
