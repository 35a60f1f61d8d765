/** Bytes of a machine's cloud-init data in all. */
export const MAX_TOTAL = 256 * 1024
/** Characters of one file, in v1beta2 (api/bootstrap/kubeadm/v1beta2/kubeadmconfig_types.go, File.Content). */
export const MAX_FILE = 10_240
