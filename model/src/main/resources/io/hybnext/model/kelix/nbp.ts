  # Kelix's block decoder and its loss, after qwen.ts. A row of the sequence is a block: N codes, or one text symbol. n rows that
  # predict, D width of the backbone, m of the decoder, V + S ids. Source: spec/kelix.md sections 5.1, 5.3 and 5.4.

  # ids (B, L, N) int64, counted (B, L, N) 0 or 1 -> sums of embeddings (B, L, D): slots behind the first end of block are 0.
  def block_embeddings(self: __torch__.Kernels, flat: Tensor, ids: Tensor, counted: Tensor) -> Tensor:
    e = (self).rows_of(torch.to(flat, ${type}), ids)
    return torch.sum(torch.mul(e, torch.unsqueeze(torch.to(counted, ${type}), -1)), [2])
  def embed_blocks(self: __torch__.Kernels, flat: Tensor, ids: Tensor, counted: Tensor) -> Tensor:
    return torch.to((self).block_embeddings(flat, ids, counted), ${carry})

  def head_parts(self: __torch__.Kernels, head: Tensor) -> List[Tensor]:
    return torch.split_with_sizes(torch.to(head, ${type}), ${head_sizes})
  def inner(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:           # (.., m) to m or a multiple
    return torch.linear(x, torch.view(w, [torch.size(b, 0), -1]), b)
  def inner_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.layer_norm(x, [${inner_width}], w, b, 1.0000000000000001e-05, False)
  def inner_heads(self: __torch__.Kernels, x: Tensor) -> Tensor:
    n, M, W, = torch.size(x)
    return torch.transpose(torch.view(x, [n, M, ${inner_heads}, -1]), 1, 2)
  # y (n, M, m); matrices q, k, v, o, gate, up, down from at, vectors from behind: their biases, two norms.
  def inner_layer(self: __torch__.Kernels, y: Tensor, w: List[Tensor], at: int, behind: int) -> Tensor:
    u = (self).inner_norm(y, w[torch.add(behind, 4)], w[torch.add(behind, 5)])
    q = (self).inner_heads((self).inner(u, w[at], w[behind]))
    k = (self).inner_heads((self).inner(u, w[torch.add(at, 1)], w[torch.add(behind, 1)]))
    v = (self).inner_heads((self).inner(u, w[torch.add(at, 2)], w[torch.add(behind, 2)]))
    a = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
    b = torch.reshape(torch.transpose(a, 1, 2), torch.size(y))
    z = torch.add(y, (self).inner(b, w[torch.add(at, 3)], w[torch.add(behind, 3)]))
    m = (self).inner_norm(z, w[torch.add(behind, 6)], w[torch.add(behind, 7)])
    gate = torch.silu(torch.linear(m, torch.view(w[torch.add(at, 4)], [-1, ${inner_width}])))
    up = torch.linear(m, torch.view(w[torch.add(at, 5)], [-1, ${inner_width}]))
    return torch.add(z, torch.linear(torch.mul(gate, up), torch.view(w[torch.add(at, 6)], [${inner_width}, -1])))
  # x (n, M, D), M at most N + 1: state of the backbone, then embeddings of the block so far -> (n, M, D).
  def decode(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    places = torch.narrow(torch.view(w[2], [-1, ${inner_width}]), 0, 0, torch.size(x, 1))
    y = torch.add((self).inner(x, w[1], w[${inner_vectors}]), places)
    for i in range(${inner_layers}):
      at = torch.add(4, torch.mul(i, 7))
      behind = torch.add(torch.add(${inner_vectors}, 2), torch.mul(i, 8))
      y0 = (self).inner_layer(y, w, at, behind)
      y = y0
    return torch.add((self).inner(y, w[3], w[torch.add(${inner_vectors}, 1)]), x)

  # h (B, L, D), where (n) of its B L rows, next (n, N) ids of the rows behind them -> decoder's input (n, N + 1, D).
  def decoder_input(self: __torch__.Kernels, h: Tensor, embeddings: Tensor, where: Tensor, next: Tensor) -> Tensor:
    states = torch.index_select(torch.reshape(torch.to(h, ${type}), [-1, ${dim}]), 0, where)
    following = (self).rows_of(torch.to(embeddings, ${type}), next)
    return torch.cat([torch.unsqueeze(states, 1), following], 1)
  def decoder_output(self: __torch__.Kernels, x: Tensor, head: Tensor) -> Tensor:
    return (self).decode(torch.to(x, ${type}), (self).head_parts(head))
  # Logits (n, N + 1, V + S) fp32: slot j predicts slot j of the row behind.
  def block_logits(self: __torch__.Kernels, x: Tensor, head: Tensor) -> Tensor:
    w = (self).head_parts(head)
    return (self).read_out((self).decode(torch.to(x, ${type}), w), w[0], w[-1])
  def final_norm(self: __torch__.Kernels, x: Tensor, head: Tensor) -> Tensor:
    return torch.to((self).norm(torch.to(x, ${type}), (self).head_parts(head)[-1]), ${carry})
  # labels (n, N + 1), -100 where nothing counts -> cross entropies (n, N + 1), 0 there.
  def block_losses(self: __torch__.Kernels, z: Tensor, labels: Tensor) -> Tensor:
    each = torch.cross_entropy_loss(torch.reshape(z, [-1, ${vocab}]), torch.reshape(labels, [-1]), None, 0, -100, 0.)
    return torch.view_as(each, labels)
  # Weighed sum over the number of labels, which is not the sum of the weights.
  def block_loss(self: __torch__.Kernels, each: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    count = torch.clamp_min(torch.sum(torch.ne(labels, -100)), 1)
    return torch.div(torch.sum(torch.mul(each, weights)), count)
