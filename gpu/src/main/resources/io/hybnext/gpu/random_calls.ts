  # Entry points of CounterRandom: numbers arrive as arrays, because DJL passes nothing else.
  def uniform(self: __torch__.Kernels, keys: Tensor, count: Tensor) -> Tensor:
    return torch.detach((self).random_uniform(keys, int(count)))
  def normal(self: __torch__.Kernels, keys: Tensor, count: Tensor) -> Tensor:
    return torch.detach((self).random_normal(keys, int(count)))
  def keep(self: __torch__.Kernels, keys: Tensor, numbers: Tensor, scale: Tensor) -> Tensor:
    n, t, = torch.unbind(numbers)
    return torch.detach((self).random_keep(keys, int(n), int(t), float(scale), 6))
