"""The only writers of operators, companies, connections and keys: keyword-only functions."""
