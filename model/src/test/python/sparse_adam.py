"""Steps of PyTorch's SparseAdam that LazyRowsTest expects: prints the table after three steps."""

import torch

table = torch.nn.Parameter(torch.tensor([[0.5], [-0.25], [1.0], [2.0]]))
optimizer = torch.optim.SparseAdam([table], lr=0.1, betas=(0.9, 0.999), eps=1e-7)
steps = [([0, 2], [0.3, -0.7]), ([2, 1], [0.2, 0.1]), ([0, 1], [-0.5, 0.4])]
for rows, gradient in steps:
    table.grad = torch.sparse_coo_tensor([rows], [[g] for g in gradient], (4, 1))
    optimizer.step()
print(table.detach().flatten().tolist())
