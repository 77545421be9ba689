  # BERT encoder: norms after the sums. Source: transformers' modeling_bert.py.
  def embed(self: __torch__.Kernels, ids: Tensor, w: List[Tensor]) -> Tensor:
    e = torch.add(torch.embedding(w[0], ids), torch.narrow(w[1], 0, 0, 1))
    x = torch.add(e, torch.narrow(w[2], 0, 0, torch.size(ids, 1)))
    return torch.to((self).norm(x, w[3], w[4]), ${carry})
  # 0 for the tokens, -1e30 for padding: (B, 1, 1, T).
  def padding_mask(self: __torch__.Kernels, ids: Tensor) -> Tensor:
    closed = torch.eq(torch.unsqueeze(torch.unsqueeze(ids, 1), 1), ${pad_id})
    return torch.masked_fill(torch.zeros_like(closed, dtype=${type}), closed, -1e+30)
  # w: qkv, output, norm, two layers, norm; weight and bias of each.
  def block(self: __torch__.Kernels, h: Tensor, mask: Tensor, w: List[Tensor]) -> Tensor:
    x = torch.to(h, ${type})
    a = (self).attention(x, w[0], w[1], w[2], w[3], mask)
    y = (self).norm(torch.add(x, a), w[4], w[5])
    f = (self).feed_forward(y, w[6], w[7], w[8], w[9])
    return torch.to((self).norm(torch.add(y, f), w[10], w[11]), ${carry})
  def first_token(self: __torch__.Kernels, h: Tensor) -> Tensor:
    return torch.select(torch.to(h, ${type}), 1, 0)
  def pool(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tanh(torch.linear(x, w, b))
  def project(self: __torch__.Kernels, x: Tensor, w1: Tensor, w2: Tensor) -> Tensor:
    return torch.linear((self).activate(torch.linear(x, w1)), w2)
