  # Head of the plain language model, after qwen.ts. Untied: the head's bucket holds the output matrix and the final norm. Tied:
  # it holds the norm alone, and the matrix is the embedding table.
  def logits(self: __torch__.Kernels, x: Tensor, head: Tensor) -> Tensor:
    parts = torch.split_with_sizes(torch.to(head, ${type}), ${head_sizes})
    return (self).read_out(x, parts[0], parts[-1])
  def logits_tied(self: __torch__.Kernels, x: Tensor, head: Tensor, embeddings: Tensor) -> Tensor:
    return (self).read_out(x, torch.to(embeddings, ${type}), torch.to(head, ${type}))
  def final_norm(self: __torch__.Kernels, x: Tensor, head: Tensor) -> Tensor:
    gain = torch.split_with_sizes(torch.to(head, ${type}), ${head_sizes})[-1]
    return torch.to((self).norm(torch.to(x, ${type}), gain), ${carry})
  # logits (B, S, V) of rows 0 to S - 2 against labels (B, S) of rows 1 to S - 1; -100 is ignored. Mean over the others.
  def next_token_loss(self: __torch__.Kernels, z: Tensor, labels: Tensor) -> Tensor:
    n = torch.sub(torch.size(z, 1), 1)
    predicting = torch.reshape(torch.narrow(z, 1, 0, n), [-1, ${vocab}])
    return torch.cross_entropy_loss(predicting, torch.reshape(torch.narrow(labels, 1, 1, n), [-1]), None, 1, -100, 0.)
  # The same for each of them, (B, S - 1); 0 where ignored.
  def next_token_losses(self: __torch__.Kernels, z: Tensor, labels: Tensor) -> Tensor:
    n = torch.sub(torch.size(z, 1), 1)
    predicting = torch.reshape(torch.narrow(z, 1, 0, n), [-1, ${vocab}])
    each = torch.cross_entropy_loss(predicting, torch.reshape(torch.narrow(labels, 1, 1, n), [-1]), None, 0, -100, 0.)
    return torch.view(each, [-1, n])
