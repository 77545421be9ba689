  # Interleaved text and images with a cache, after chameleon.ts and choice.ts. B samples, R rows (B with their prompts, perhaps
  # B more that see the sequence from the image start on), L slots, W head width, V vocabulary. Slots are common to all rows; a
  # row's first visible slot is its position 0. Source: ARRA, arra/inference_solver.py; arra.md section 8.

  # (R, 1, S, at + S) of 0 and -1e30: slots up to a row's own, from the first visible one, and always its own.
  def slot_mask(self: __torch__.Kernels, first: Tensor, at: int, S: int) -> Tensor:
    n = torch.add(at, S)
    d = ops.prim.device(first)
    column = torch.arange(0, n, dtype=4, layout=None, device=d, pin_memory=False)
    row = torch.unsqueeze(torch.arange(at, n, dtype=4, layout=None, device=d, pin_memory=False), 1)
    seen = torch.bitwise_and(torch.ge(column, torch.view(first, [-1, 1, 1])), torch.le(column, row))
    closed = torch.unsqueeze(torch.bitwise_not(torch.bitwise_or(seen, torch.eq(column, row))), 1)
    return torch.masked_fill(torch.zeros_like(closed, dtype=${type}), closed, -1e+30)

  # Rows (R, S, W) of table (L, W) for slots at .. at + S - 1.
  def slot_table(self: __torch__.Kernels, table: Tensor, first: Tensor, at: int, S: int) -> Tensor:
    slots = torch.arange(at, torch.add(at, S), dtype=4, layout=None, device=ops.prim.device(first), pin_memory=False)
    positions = torch.clamp_min(torch.sub(slots, torch.unsqueeze(first, 1)), 0)
    return torch.view(torch.index_select(table, 0, torch.reshape(positions, [-1])), [-1, S, ${head_dim}])

  # x (R, S, D) fp32, which costs nothing for one token and rounds less; keys and values (at least R, H, L, W) are written at the slots and read up to them.
  def cached_block(self: __torch__.Kernels, x: Tensor, flat: Tensor, table: Tensor, keys: Tensor, values: Tensor, at: int, mask: Tensor) -> Tensor:
    wqkv, wo, w13, w2, g1, g2, norms, = torch.split_with_sizes(flat, ${block_sizes})
    R, S, D, = torch.size(x)
    q, k, v, = (self).project((self).norm(x, g1), torch.view(wqkv, [-1, ${dim}]), norms, table)
    rows_k = torch.narrow(keys, 0, 0, R)
    rows_v = torch.narrow(values, 0, 0, R)
    k0 = torch.copy_(torch.narrow(rows_k, 2, at, S), k)
    v0 = torch.copy_(torch.narrow(rows_v, 2, at, S), v)
    n = torch.add(at, S)
    a = (self).attend(q, torch.narrow(rows_k, 2, 0, n), torch.narrow(rows_v, 2, 0, n), mask, False)
    y = torch.add(x, torch.linear(a, torch.view(wo, [${dim}, ${dim}])))
    f = (self).feed_forward((self).norm(y, g2), torch.view(w13, [-1, ${dim}]), torch.view(w2, [${dim}, -1]))
    return torch.add(y, f)

  # ids (R, S) fed at slots slot .. slot + S - 1; caches holds keys and values of each block in turn. Logits of the last slot, (R, V).
  def feed(self: __torch__.Kernels, ids: Tensor, first: Tensor, slot: Tensor, embeddings: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, closed: Tensor) -> Tensor:
    at = int(slot)
    S = torch.size(ids, 1)
    mask = (self).slot_mask(first, at, S)
    rows = (self).slot_table(table, first, at, S)
    h = torch.to((self).embed(embeddings, ids), 6)
    for i in range(${layers}):
      h0 = (self).cached_block(h, blocks[i], rows, caches[torch.mul(2, i)], caches[torch.add(torch.mul(2, i), 1)], at, mask)
      h = h0
    return torch.squeeze((self).logits(torch.narrow(h, 1, torch.sub(S, 1), 1), head, closed), 1)

  # Logits z (R, V) -> scores (B, V). plan (4, B) int64: guided, kind (0 any token, 1 sizes, 2 image codes, 3 one token), that
  # token, and how many of the likeliest stay, ties with the last included. image (V) and sizes (B or 1, V) uint8; rates: temperature, top-p, scale.
  def scores(self: __torch__.Kernels, z: Tensor, plan: Tensor, image: Tensor, sizes: Tensor, rates: Tensor) -> Tensor:
    guided, kind, token, keep, = torch.unbind(torch.unsqueeze(plan, 2))
    B = torch.size(plan, 1)
    c = torch.narrow(z, 0, 0, B)
    if torch.gt(torch.size(z, 0), B):
      u = torch.narrow(z, 0, B, B)
      g = torch.add(u, torch.mul(torch.sub(c, u), torch.select(rates, 0, 2)))
      s = torch.where(torch.eq(guided, 1), g, c)
    else:
      s = c
    no_code = torch.bitwise_and(torch.eq(kind, 2), torch.eq(torch.unsqueeze(image, 0), 0))
    no_size = torch.bitwise_and(torch.eq(kind, 1), torch.eq(sizes, 0))
    s0 = torch.masked_fill(s, torch.bitwise_or(no_code, no_size), -inf)
    likeliest, where, = torch.topk(s0, int(torch.max(keep)), 1)
    least = torch.gather(likeliest, 1, torch.sub(keep, 1))
    s1 = torch.masked_fill(s0, torch.lt(s0, least), -inf)
    one = torch.scatter(torch.full_like(s1, -inf), 1, token, 0.)
    return torch.where(torch.eq(kind, 3), one, s1)

  # One token a row of scores (B, V): the likeliest, or drawn with words (B).
  def likeliest(self: __torch__.Kernels, scores: Tensor) -> Tensor:
    return torch.argmax(scores, 1)
  def drawn(self: __torch__.Kernels, scores: Tensor, words: Tensor, rates: Tensor) -> Tensor:
    z = (self).nucleus(torch.div(scores, torch.select(rates, 0, 0)), float(torch.select(rates, 0, 1)))
    return (self).drawn_from(torch.softmax(z, 1), words)
