/** As CAPV's own templates start a worker (cluster-api-provider-vsphere templates/cluster-template.yaml). */
export const STANDARD_BOOTSTRAP = {
  name: '{{ local_hostname }}',
  criSocket: '/var/run/containerd/containerd.sock',
  kubeletExtraArgs: [{ name: 'cloud-provider', value: 'external' }],
  preKubeadmCommands: [
    'hostnamectl set-hostname "{{ ds.meta_data.hostname }}"',
    'echo "::1         ipv6-localhost ipv6-loopback localhost6 localhost6.localdomain6" >/etc/hosts',
    'echo "127.0.0.1   {{ ds.meta_data.hostname }} {{ local_hostname }} localhost localhost.localdomain localhost4 localhost4.localdomain4" >>/etc/hosts',
  ],
} as const
