  # One turn of k-means over rows z (N, D): counts (K) and sums (K, D) of the rows that each centre (K, D) wins, added to those
  # given. By angle, rows and centres are of unit length.
  def assign(self: __torch__.Kernels, z: Tensor, centres: Tensor, counts: Tensor, sums: Tensor) -> Tensor:
    s = torch.matmul(z, torch.t(centres))
    if ${euclidean}:
      near = torch.sub(s, torch.mul(torch.sum(torch.mul(centres, centres), [1]), 0.5))
    else:
      near = s
    i = torch.argmax(near, 1)
    torch.index_add_(sums, 0, i, z)
    return torch.add_(counts, torch.to(torch.bincount(i, None, torch.size(counts, 0)), 6))
