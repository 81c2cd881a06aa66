"""The convergence of the synchronisation with DS, under every fault and kill -9."""
