  # Blocks drawn one after the other, after cached.ts, nbp.ts and choice.ts. R rows, 2 B under guidance: prompts first, then null
  # prompts. Source: spec/kelix.md section 5.5; the symbols of a block are sampled inside the chain.

  # C new rows of the sequence, ids (R, C, N), at columns at ..: their states behind the last layer, (R, C, D).
  def read_blocks(self: __torch__.Kernels, ids: Tensor, counted: Tensor, embeddings: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, open: Tensor, at: Tensor) -> Tensor:
    x = (self).block_embeddings(embeddings, ids, counted)
    return (self).cached_stack(x, blocks, caches, table, open, int(at))

  # The N symbols of a block behind states h (R, C, D), of which the last counts -> (B, N). numbers: guided, top-k, greedy,
  # restricted. Restricted, slot j gives a code of sub-codebook j, from 0; else any id.
  def draw_block(self: __torch__.Kernels, h: Tensor, embeddings: Tensor, head: Tensor, words: Tensor, numbers: Tensor, rates: Tensor) -> Tensor:
    guided = bool(torch.select(numbers, 0, 0))
    top_k = torch.select(numbers, 0, 1)
    greedy = bool(torch.select(numbers, 0, 2))
    restricted = bool(torch.select(numbers, 0, 3))
    w = (self).head_parts(head)
    matrix = torch.view(w[0], [${vocab}, ${dim}])
    table = torch.to(embeddings, ${type})
    x = torch.narrow(torch.to(h, ${type}), 1, torch.sub(torch.size(h, 1), 1), 1)
    drawn = annotate(List[Tensor], [])
    for j in range(${codes}):
      y = (self).norm(torch.select((self).decode(x, w), 1, -1), w[-1])
      if restricted:
        first = torch.add(${text_vocab}, torch.mul(j, ${entries}))
        count = ${entries}
      else:
        first = 0
        count = ${vocab}
      z = torch.to(torch.linear(y, torch.narrow(matrix, 0, first, count)), 6)
      if guided:
        z0 = (self).guide(z, float(torch.select(rates, 0, 2)))
      else:
        z0 = z
      c = (self).choose(z0, torch.select(words, 0, j), rates, top_k, greedy)
      _0 = torch.append(drawn, c)
      ids = torch.add(c, first)
      if guided:
        fed = torch.cat([ids, ids], 0)
      else:
        fed = ids
      x0 = torch.cat([x, torch.unsqueeze((self).rows_of(table, fed), 1)], 1)
      x = x0
    return torch.stack(drawn, 1)
