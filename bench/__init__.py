"""Measurements that anybody can repeat: `./wallet bench` lists them."""
