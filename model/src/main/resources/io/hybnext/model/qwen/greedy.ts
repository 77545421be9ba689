  # Greedy continuation of one or more sequences, after cached.ts and language_model.ts.
  # ids (R, S) at columns at ..: logits (R, V) of the next symbol.
  def step(self: __torch__.Kernels, ids: Tensor, embeddings: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, open: Tensor, at: Tensor) -> Tensor:
    x = (self).rows_of(embeddings, ids)
    h = torch.select((self).cached_stack(x, blocks, caches, table, open, int(at)), 1, -1)
    return (self).logits(h, head)
  def step_tied(self: __torch__.Kernels, ids: Tensor, embeddings: Tensor, head: Tensor, blocks: List[Tensor], caches: List[Tensor], table: Tensor, open: Tensor, at: Tensor) -> Tensor:
    x = (self).rows_of(embeddings, ids)
    h = torch.select((self).cached_stack(x, blocks, caches, table, open, int(at)), 1, -1)
    return (self).logits_tied(h, head, embeddings)
